// KPIs that a control plane keeps in memory, beside those of its whole journal.
import type { Kpi } from '../../domain/kpi/model.js';
import type { Problem, Problems } from '../model.js';

/** Uptime goes on between two looks; all others are counts of events. */
const MOVING: readonly string[] = ['uptime'];
const NEAR = 1e-6;

/** `before` and `after`: what was told before and after the count. What changed in between says nothing. */
export function kpiProblems(
  before: readonly Kpi[],
  counted: readonly Kpi[],
  after: readonly Kpi[],
): Problems {
  return counted
    .filter(({ id }) => !MOVING.includes(id))
    .flatMap((kpi): readonly Problem[] => {
      const [first, second] = [before, after].map((told) => told.find(({ id }) => id === kpi.id));
      if (isSame(first, kpi) || isSame(second, kpi)) return [];
      if (first !== undefined && second !== undefined && !isSame(first, second)) return [];
      const evidence = `${kpi.id}: told ${String(second?.value)} of ${String(second?.n)}, counted ${String(kpi.value)} of ${String(kpi.n)}`;
      return [{ what: 'a KPI is not that of the journal', evidence }];
    });
}

function isSame(told: Kpi | undefined, counted: Kpi): boolean {
  return told !== undefined && told.n === counted.n && isNear(told.value, counted.value);
}

function isNear(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= NEAR * Math.max(1, Math.abs(a), Math.abs(b));
}
