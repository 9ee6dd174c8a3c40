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
    const times = done.flatMap(({ lifted, recovered }) =>
      lifted === null || recovered === null ? [] : [recovered - lifted],
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
