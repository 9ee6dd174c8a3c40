// What came between two looks at the database, told apart by what it belongs to.
import type { EngineRows } from './engine-rows.js';

export interface Gain {
  /** Runs that began. */
  readonly runs: number;
  readonly events: number;
  /** Rows that stay: the run's own four (execution, current, tree, visibility) and its history. */
  readonly rows: number;
  /** Of history. */
  readonly bytes: number;
}

/** Rows that a run has beside its history. */
const OWN_ROWS = 4;

/** `publish`, `receive` are cycles that somebody asked for; `schedule:<kind>` is the schedule's own workflow. */
export function kindOf(workflowId: string): string {
  const schedule = /^temporal-sys-scheduler:nxs-[^-]+-(.+)$/.exec(workflowId)?.[1];
  if (schedule !== undefined) return `schedule:${schedule === 'backup-hourly' ? 'access-check' : schedule}`;
  const own = /^nxs\/[^/]+\/([^/]+)(?:\/(.*))?$/.exec(workflowId);
  if (own === null) return 'server';
  const [, kind = '', id = ''] = own;
  if (kind === 'healing' || kind === 'providers') return kind;
  return id.startsWith('scheduled-') ? kind : `asked:${kind}`;
}

/** By kind, and of what `of` lets through. */
export function gained(
  before: EngineRows,
  after: EngineRows,
  of: (workflowId: string) => boolean = () => true,
): ReadonlyMap<string, Gain> {
  const known = new Map(before.executions.map((each) => [each.runId, each]));
  const gains = new Map<string, Gain>();
  for (const each of after.executions) {
    if (!of(each.workflowId)) continue;
    const old = known.get(each.runId);
    const kind = kindOf(each.workflowId);
    const so = gains.get(kind) ?? { runs: 0, events: 0, rows: 0, bytes: 0 };
    gains.set(kind, {
      runs: so.runs + (old === undefined ? 1 : 0),
      events: so.events + each.events - (old?.events ?? 0),
      rows: so.rows + each.nodes - (old?.nodes ?? 0) + (old === undefined ? OWN_ROWS : 0),
      bytes: so.bytes + each.bytes - (old?.bytes ?? 0),
    });
  }
  return gains;
}
