// The KPIs for a command: from the journal and the meter's file, so they are there while nothing runs.
import path from 'node:path';
import { readJournal } from '../../adapters/journal/read.js';
import type { Config } from '../../config/types.js';
import type { KpiReport } from '../../domain/kpi/model.js';
import { KPI_TYPES, openKpis, type Kpis } from '../../domain/kpi/projection.js';
import type { SyncStatus } from '../../domain/sync/status.js';
import { readSyncStatus } from '../sync/view.js';
import { readUptime } from './uptime-file.js';

/** ms: what began longer before the window is not looked for. */
export const BEFORE = 24 * 3_600_000;

/** The longest window, ms. */
export const LONGEST = 30 * 24 * 3_600_000;

export async function readKpis(config: Config, since: number, now: number): Promise<KpiReport> {
  const kpis = openKpis();
  const dir = path.join(config.stateDir, 'journal');
  for await (const event of readJournal(dir, { since: now - since - BEFORE, types: KPI_TYPES }))
    kpis.add(event);
  const live = await readUptime(config.stateDir);
  return reportOf(config, kpis, live, since, now);
}

/** One report as commands, page and metrics give it. `since`: ms before now. */
export async function reportOf(
  config: Config,
  kpis: Kpis,
  live: Parameters<Kpis['report']>[0]['live'],
  since: number,
  now: number,
): Promise<KpiReport> {
  return kpis.report({
    node: config.node,
    from: now - since,
    to: now,
    live: live ?? null,
    backupEvery: config.backup.every,
    waiting: waitingOf(await readSyncStatus(config).catch(() => null), now),
  });
}

/** Changes that wait although nobody is offline and no person is asked are as late as the last cycle that went well. */
function waitingOf(status: SyncStatus | null, now: number): number | null {
  if (status === null || status.unpublished === 0 || status.last_ok === null) return null;
  const excused = ['ok', 'offline', 'approval_pending', 'paused'].includes(status.state);
  return excused ? null : Math.max(0, now - Date.parse(status.last_ok));
}
