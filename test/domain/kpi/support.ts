// Journals written by hand: minutes after a Monday morning.
import type { Kpi, KpiId } from '../../../domain/kpi/model.js';
import { openKpis, type KpiWindow } from '../../../domain/kpi/projection.js';
import type { KnownBody } from '../../../domain/journal.js';

export const MINUTE = 60_000;
const START = Date.parse('2026-11-23T08:00:00.000Z');

export interface Line {
  readonly node: string;
  readonly at: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
}

export const at = (minute: number): string => new Date(START + minute * MINUTE).toISOString();

export function line<T extends KnownBody['type']>(
  minute: number,
  type: T,
  data: Extract<KnownBody, { type: T }>['data'],
): Line {
  return { node: 'home', at: at(minute), type, data };
}

/** Minutes of a stretch that ends at `to`. */
export function measured(from: number, to: number, up: number, down: number, unknown = 0): Line {
  return line(to, 'uptime.measured', {
    ...{ from: at(from), to: at(to), why: [] },
    ...{ up_ms: up * MINUTE, down_ms: down * MINUTE, unknown_ms: unknown * MINUTE },
  });
}

export function backup(
  minute: number,
  outcome: 'green' | 'failed' | 'held' | 'not_green' | 'cancelled',
): Line {
  return line(minute, 'backup.finished', {
    ...{ run: `r${String(minute)}`, outcome, counts: {}, files: 1, bytes: 1, destinations: [] },
    ...{ duration_ms: 1, trigger: 'schedule' },
  });
}

export function failover(minute: number, seconds: number): Line {
  const duration_ms = seconds * 1000;
  return line(minute, 'provider.failover', { from: 'a', to: 'b', reason: 'x', duration_ms, lane: 'direct' });
}

/** An incident whose first bad look was at `since`. */
export function incident(id: string, since: number, by: string | null = null) {
  const data = {
    incident: id,
    request: `${id}-1`,
    level: 2 as const,
    action: 'restart_services',
    target: 'web',
  };
  return {
    detected: (minute = since): Line =>
      line(minute, 'healing.detected', {
        ...{ incident: id, subject: 'service:web', kind: 'service_down', detail: 'gone', value: null },
        ...{ since: at(since), workflow: 'w', by, paths: [] },
      }),
    decided: (minute: number): Line =>
      line(minute, 'healing.decided', {
        ...data,
        ...{ permission: 'auto', plan_hash: 'h', commands: [], downtime: '', data_loss: '', skipped: [] },
      }),
    asked: (minute: number): Line =>
      line(minute, 'healing.asked', {
        ...{ incident: id, request: data.request, level: 5, plan_hash: 'h', opened: at(minute) },
        ...{ expires: at(minute + 60), quorum: 1 },
      }),
    answered: (minute: number, verdict: 'approve' | 'deny' | 'expired'): Line =>
      line(minute, 'healing.answered', {
        ...{ incident: id, request: data.request, verdict, by: 'ops', reason: '', verified: false },
        ...{ accepted: true, sentence: '' },
      }),
    acted: (minute: number): Line =>
      line(minute, 'healing.acted', {
        ...data,
        disruptive: true,
        status: 'started',
        detail: '',
        duration_ms: 0,
      }),
    stuck: (minute: number): Line =>
      line(minute, 'healing.stuck', { incident: id, reason: 'nothing is left', skipped: [] }),
    finished: (minute: number, outcome: 'healed' | 'cleared' | 'cancelled'): Line =>
      line(minute, 'healing.finished', {
        ...{ incident: id, subject: 'service:web', kind: 'service_down', outcome, level: null, summary: '' },
        ...{ detect_ms: 0, decide_ms: null, act_ms: null, verify_ms: null, total_ms: 0 },
      }),
    labelled: (minute: number, label: 'true_positive' | 'false_positive'): Line =>
      line(minute, 'healing.labelled', { incident: id, label, by: 'ops', reason: '' }),
  };
}

/** A window in minutes. */
export function window(from: number, to: number, more: Partial<KpiWindow> = {}): KpiWindow {
  return { node: 'home', from: START + from * MINUTE, to: START + to * MINUTE, ...more };
}

export function reportOf(lines: readonly Line[], asked: KpiWindow) {
  const kpis = openKpis();
  for (const each of lines) kpis.add(each);
  return kpis.report(asked);
}

export function kpiOf(id: KpiId, lines: readonly Line[], asked: KpiWindow): Kpi {
  const kpi = reportOf(lines, asked).kpis.find((each) => each.id === id);
  if (kpi === undefined) throw new Error(id);
  return kpi;
}
