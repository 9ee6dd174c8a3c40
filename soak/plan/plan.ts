// From a seed to the whole plan of faults. Pure: the same seed, length and choice give the same plan on every machine.
import { randomOf } from '../../drill/kit/random.js';
import { CATALOGUE, GROUPS, type FaultSpec, type GroupName } from './catalogue.js';

export interface Planned {
  /** From 1. */
  readonly id: number;
  readonly kind: string;
  readonly target: string;
  /** ms from the start of the storm. */
  readonly at: number;
  /** ms in force. */
  readonly lasts: number;
  /** 0 to 1, for what the fault itself has to choose. */
  readonly pick: number;
}

export interface PlanOptions {
  readonly seed: number;
  /** Length of the storm, ms. */
  readonly length: number;
  /** Groups or kinds of faults; none: all. */
  readonly only?: readonly string[];
}

/** Before this nothing is broken: everything warms up, ms. */
export const QUIET_MS = 15_000;
/** Faults in force at once, at most. */
export const AT_ONCE = 4;
/** Mean time between the beginnings of two faults, ms. */
const GAP_MS = 6_000;

interface Claimed {
  readonly until: number;
  readonly what: readonly string[];
}

/** Throws RangeError for a name in `only` that is neither a group nor a kind. */
export function planOf({ seed, length, only = [] }: PlanOptions): readonly Planned[] {
  const specs = chosen(only);
  const random = randomOf(seed, 'soak');
  const plan: Planned[] = [];
  let claimed: readonly Claimed[] = [];
  let running: readonly number[] = [];
  for (let at = QUIET_MS; ;) {
    at += Math.round(-Math.log(1 - random() * 0.999) * GAP_MS);
    if (at >= length) return plan;
    // Always drawn, so that what was passed over does not shift what comes.
    const [what, whom, how, pick] = [random(), random(), random(), random()];
    const now = at;
    claimed = claimed.filter(({ until }) => until > now);
    running = running.filter((until) => until > now);
    if (running.length >= AT_ONCE) continue;
    const taken = new Set(claimed.flatMap((each) => each.what));
    const free = specs.flatMap((spec) => {
      const targets = spec.targets.filter(
        (target) =>
          now < (spec.until?.(target) ?? 1) * length && !spec.claims(target).some((each) => taken.has(each)),
      );
      return targets.length === 0 ? [] : [{ spec, targets }];
    });
    const found = drawn(free, what);
    if (found === null) continue;
    const { spec, targets } = found;
    const target = targets[Math.floor(whom * targets.length)] ?? '';
    const [least, most] = spec.seconds;
    const lasts = Math.round((least + how * (most - least)) * 1000);
    plan.push({ id: plan.length + 1, kind: spec.kind, target, at: now, lasts, pick });
    running = [...running, now + lasts];
    claimed = [...claimed, { until: now + lasts + spec.rest * 1000, what: spec.claims(target) }];
  }
}

function chosen(only: readonly string[]): readonly FaultSpec[] {
  if (only.length === 0) return CATALOGUE;
  const groups: readonly string[] = GROUPS;
  const unknown = only.filter(
    (name) => !groups.includes(name) && !CATALOGUE.some(({ kind }) => kind === name),
  );
  if (unknown.length > 0)
    throw new RangeError(
      `no "${unknown.join('", "')}" among ${GROUPS.join(', ')} and ${CATALOGUE.map(({ kind }) => kind).join(', ')}`,
    );
  return CATALOGUE.filter(
    ({ kind, group }) => only.includes(kind) || only.includes(group satisfies GroupName),
  );
}

function drawn<T extends { readonly spec: FaultSpec }>(free: readonly T[], share: number): T | null {
  const all = free.reduce((sum, { spec }) => sum + spec.weight, 0);
  let left = share * all;
  for (const each of free) {
    left -= each.spec.weight;
    if (left < 0) return each;
  }
  return null;
}
