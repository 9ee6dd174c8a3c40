// Where checks are counted and violations are kept, each with the faults that were in force.
import type { InvariantId, Problems, Violation } from './model.js';

export interface Court {
  /** One check. The same problem is told once. */
  check(invariant: InvariantId, problems: Problems, at?: number): void;
  checks(): ReadonlyMap<InvariantId, number>;
  violations(): readonly Violation[];
}

/** Of one invariant; what comes beyond is counted and not kept. */
const MOST_KEPT = 25;

export function openCourt(
  faultsAt: (time: number) => readonly string[],
  tell: (violation: Violation) => void,
): Court {
  const checks = new Map<InvariantId, number>();
  const violations: Violation[] = [];
  const known = new Set<string>();
  return {
    check(invariant, problems, at = Date.now()) {
      checks.set(invariant, (checks.get(invariant) ?? 0) + 1);
      for (const { what, evidence } of problems) {
        const key = `${invariant}/${what}/${evidence}`;
        const same = violations.filter((each) => each.invariant === invariant && each.what === what);
        if (known.has(key) || same.length >= MOST_KEPT) continue;
        known.add(key);
        const violation: Violation = { invariant, at, what, evidence, faults: faultsAt(at) };
        violations.push(violation);
        tell(violation);
      }
    },
    checks: () => checks,
    violations: () => violations,
  };
}
