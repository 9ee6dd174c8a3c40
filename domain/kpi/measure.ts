// The meter of the uptime: looks in a row become one stretch. Wall time says when, the steady clock how long; where the two part, the
// machine slept or its clock was set, and nobody knows.

export type UpState = 'up' | 'down' | 'unknown';

export interface Look {
  readonly state: UpState;
  /** Why it is not up; empty when it is. */
  readonly reason: string;
}

/** ms since the epoch, and ms. */
export interface Measured {
  readonly from: number;
  readonly to: number;
  readonly up: number;
  readonly down: number;
  readonly unknown: number;
  /** ms for each reason. */
  readonly why: Readonly<Record<string, number>>;
}

/** Two looks further apart than this, ms, say nothing of the time between them. */
const BLIND_AFTER = 20_000;

/** Reasons that one stretch tells; further ones count as `other reasons`. */
const REASONS = 8;

export function beginStretch(at: number): Measured {
  return { from: at, to: at, up: 0, down: 0, unknown: 0, why: {} };
}

/**
 * The stretch with the time since the last look added, which counts as what that look saw. `wall`: ms since the epoch now; `steady`:
 * ms since the last look by a clock that cannot be set and stands still while the machine sleeps.
 */
export function extend(stretch: Measured, last: Look, wall: number, steady: number): Measured {
  const elapsed = wall - stretch.to;
  if (elapsed <= 0) return stretch;
  if (elapsed - steady > BLIND_AFTER / 2)
    return counted(stretch, { state: 'unknown', reason: 'the machine slept, or its clock was set' }, wall);
  if (steady > BLIND_AFTER) return counted(stretch, { state: 'down', reason: 'the front stood still' }, wall);
  return counted(stretch, last, wall);
}

/** All of the time up to `wall` as one state. */
export function counted(stretch: Measured, { state, reason }: Look, wall: number): Measured {
  const ms = wall - stretch.to;
  const known = Object.keys(stretch.why);
  const word = known.length < REASONS || known.includes(reason) ? reason : 'other reasons';
  const why = state === 'up' ? stretch.why : { ...stretch.why, [word]: (stretch.why[word] ?? 0) + ms };
  return { ...stretch, to: wall, [state]: stretch[state] + ms, why };
}

/** The journal's form of it. */
export function measuredData({ from, to, up, down, unknown, why }: Measured) {
  const reasons = Object.entries(why)
    .map(([reason, ms]) => ({ reason, ms: Math.round(ms) }))
    .sort((a, b) => b.ms - a.ms);
  const iso = (ms: number) => new Date(ms).toISOString();
  const [up_ms, down_ms, unknown_ms] = [up, down, unknown].map(Math.round) as [number, number, number];
  return { from: iso(from), to: iso(to), up_ms, down_ms, unknown_ms, why: reasons };
}
