// From what happened to the rows of a report.
import type { WorkflowSeen } from '../checks/histories.js';
import { INVARIANTS, type InvariantId, type Struck, type Violation } from '../model.js';
import type { Planned } from '../plan/plan.js';
import type { SoakReport, Spread } from './model.js';

export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { n: sorted.length, p50: at(0.5), p95: at(0.95), max: at(1) };
}

export function faultRows(plan: readonly Planned[], struck: readonly Struck[]): SoakReport['faults'] {
  const kinds = [...new Set(plan.map(({ kind }) => kind))].sort();
  return kinds.map((kind) => {
    const done = struck.filter((each) => each.kind === kind && each.note !== 'not carried out');
    const times = done.flatMap(({ lifting, recovered }) =>
      lifting === null || recovered === null ? [] : [recovered - lifting],
    );
    return {
      kind,
      planned: plan.filter((each) => each.kind === kind).length,
      carried_out: done.length,
      recovery: spreadOf(times),
    };
  });
}

export function invariantRows(
  checks: ReadonlyMap<InvariantId, number>,
  violations: readonly Violation[],
): SoakReport['invariants'] {
  return (Object.keys(INVARIANTS) as InvariantId[]).map((id) => ({
    id,
    promise: INVARIANTS[id],
    checks: checks.get(id) ?? 0,
    violations: violations.filter(({ invariant }) => invariant === id).length,
  }));
}

/**
 * Each run once, as large as it was seen: the list does not know how long the history of a running one is, and a run that has ended is
 * asked no more.
 */
export function mergedRuns(
  listed: readonly WorkflowSeen[],
  watched: readonly WorkflowSeen[],
): readonly WorkflowSeen[] {
  const keyOf = ({ node, id, began }: WorkflowSeen) => `${node} ${id} ${String(began)}`;
  const largest = new Map<string, WorkflowSeen>();
  for (const each of watched)
    if (each.events >= (largest.get(keyOf(each))?.events ?? 0)) largest.set(keyOf(each), each);
  return listed.map((each) => {
    const seen = largest.get(keyOf(each));
    return seen === undefined || seen.events < each.events
      ? each
      : { ...each, events: seen.events, bytes: Math.max(seen.bytes, each.bytes) };
  });
}

export function historyRows(seen: readonly WorkflowSeen[]): SoakReport['histories'] {
  const types = [...new Set(seen.map(({ type }) => type))].sort();
  return types.map((type) => {
    const mine = seen.filter((each) => each.type === type);
    const statuses: Record<string, number> = {};
    for (const { status } of mine) statuses[status] = (statuses[status] ?? 0) + 1;
    return {
      type,
      runs: mine.length,
      statuses,
      events: Math.max(...mine.map(({ events }) => events)),
      bytes: Math.max(...mine.map(({ bytes }) => bytes)),
    };
  });
}
