// A page with all its parts filled, as a busy day would fill them.
import type { PageModel } from '../../../dashboard/model.js';
import { KPI_IDS, type Kpi, type KpiId } from '../../../domain/kpi/model.js';
import { backups, fleet, providers, schedules, sync } from './parts.js';
import { healing } from './incidents.js';
import { panels } from './panels.js';
import { at, shares, UI } from './basics.js';

/** All parts filled; one incident asks a person at level 5. */
export function busyModel(change: Partial<PageModel> = {}): PageModel {
  return {
    node: 'home',
    title: 'NXS Resilience Metrics',
    at: at(0),
    headline: {
      light: 'bad',
      text: 'Needs you: full restart of this node',
      until: at(8.7),
      anchor: '#incidents',
    },
    kpi: {
      node: 'home',
      from: at(-1440),
      to: at(0),
      kpis: KPI_IDS.map(kpi),
      budget: { allowed_min: 7.2, left_min: 6.8, burn_1h: 0.2, burn_6h: 0.1 },
    },
    uptime: shares(24, 5),
    providers: providers(),
    backups: backups(12),
    sync: sync(),
    healing: healing(),
    schedules: schedules(),
    fleet: fleet(3),
    panels: panels(),
    ui: UI,
    ...change,
  };
}

/** As much of everything as a large installation shows. */
export function largeModel(): PageModel {
  return busyModel({ backups: backups(60), healing: healing(20), fleet: fleet(10) });
}

/** Nothing is wrong, nobody is asked. */
export function calmModel(change: Partial<PageModel> = {}): PageModel {
  return busyModel({
    headline: { light: 'good', text: 'Healthy', until: null, anchor: null },
    healing: { ...healing(), incidents: healing().incidents.filter(({ ended }) => ended !== null) },
    ...change,
  });
}

const VALUES: Readonly<Record<KpiId, readonly [string, number | null, number]>> = {
  uptime: ['Uptime', 99.97, 1430],
  failover_time: ['Failover time', 0.42, 3],
  recovery_time: ['Recovery time', 42.5, 5],
  backup_success: ['Backup success', 100, 24],
  sync_latency: ['Sync latency', 12.4, 288],
  false_positive_rate: ['False positives', null, 0],
};
const TARGETS: Readonly<Record<KpiId, number>> = {
  uptime: 99.5,
  failover_time: 5,
  recovery_time: 30,
  backup_success: 99,
  sync_latency: 300,
  false_positive_rate: 5,
};

function kpi(id: KpiId): Kpi {
  const [name, value, n] = VALUES[id];
  const timed = id === 'failover_time' || id === 'recovery_time' || id === 'sync_latency';
  return {
    id,
    name,
    unit: timed ? 'seconds' : 'percent',
    value,
    target: TARGETS[id],
    good: id === 'uptime' || id === 'backup_success' ? '>' : '<',
    n,
    verdict: value === null ? 'too_few' : id === 'recovery_time' ? 'missed' : 'met',
    spread: timed && value !== null ? { p50: value / 3, p95: value, max: value * 1.2 } : null,
    definition: `How ${name.toLowerCase()} is measured, from the first sign to the last, in one line.`,
    unknown: id === 'uptime' ? '10 min in which nobody looked' : null,
  };
}
