// What keeps healing from becoming the fault: restart loops, two cures at once, a cure in the middle of a backup (FIELD.md, section
// 4: docker-autoheal #53, #78; systemd #2416). Every brake lets go again by itself, at a time that is told.
import type { Action, Level } from './model.js';
import { touchedBy, type Playbook } from './playbook.js';
import type { LimitRules } from './rules.js';

/** An act on record, of any incident. */
export interface Act {
  readonly incident: string;
  /** The order it was carried out under. */
  readonly request: string;
  /** ms */
  readonly at: number;
  readonly level: Level;
  readonly action: Action;
  readonly target: string;
  readonly disruptive: boolean;
  /** Services and extensions that its commands are about, whatever it was meant to cure. */
  readonly touched: readonly string[];
  /** ms; null: not heard of since it began. */
  readonly ended: number | null;
}

export interface Circumstances {
  /** ms; null: now. */
  readonly now: number;
  /** Acts of the last day, oldest first. */
  readonly acts: readonly Act[];
  /** Maintenance: nothing is done until then (ms); null: none. */
  readonly pausedUntil: number | null;
  /** A backup or a restore is running, in a few words. */
  readonly busy: string | null;
  /** Subjects that must be well before this target is touched, and are not. */
  readonly causes: readonly string[];
  /** Anomalies at this moment. */
  readonly anomalies: number;
  /** A person said yes to exactly this: limits that guard against our own zeal do not stop it. */
  readonly approved: boolean;
}

/** `until` ms: worth asking again then. */
export type Brake =
  { readonly held: false } | { readonly held: true; readonly until: number; readonly reason: string };

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** ms until something that has no known end is looked at again. */
const LOOK_AGAIN = 5_000;

/** May this be done now? */
export function brake(
  playbook: Pick<Playbook, 'action' | 'target' | 'disruptive' | 'level' | 'works'>,
  limits: LimitRules,
  { now, acts, pausedUntil, busy, causes, approved }: Circumstances,
): Brake {
  const { action, target, disruptive, level } = playbook;
  if (pausedUntil !== null && pausedUntil > now)
    return hold(pausedUntil, 'healing is paused (nxs heal resume)');
  if (causes.length > 0 && level < 5) return hold(now + LOOK_AGAIN, `it waits for ${causes.join(', ')}`);
  if (busy !== null && disruptive) return hold(now + LOOK_AGAIN, `${busy} is running`);
  if (approved) return { held: false };
  // One thing may be restarted for its own sake and to relieve memory: for it that is twice the same.
  const touched = touchedBy(playbook);
  const last = acts
    .filter(
      (each) =>
        each.action === action &&
        (each.target === target || each.touched.some((name) => touched.includes(name))),
    )
    .at(-1);
  if (last !== undefined && last.at + limits.cooldown > now)
    return hold(
      last.at + limits.cooldown,
      `${action} on ${target} was done ${String(seconds(now - last.at))} s ago`,
    );
  if (!disruptive) return { held: false };
  return (
    over(acts, now, HOUR, limits.per_hour, 'hour') ??
    over(acts, now, DAY, limits.per_day, 'day') ?? { held: false }
  );
}

/** So much is wrong at once that the cause is probably none of what we could cure: a person is asked first. */
export function isStorm({ anomalies }: Pick<Circumstances, 'anomalies'>, { storm }: LimitRules): boolean {
  return anomalies >= storm;
}

function over(acts: readonly Act[], now: number, span: number, most: number, word: string): Brake | null {
  const within = acts.filter((each) => each.disruptive && each.at > now - span);
  if (within.length < most) return null;
  const first = within.at(-most)?.at ?? now;
  return hold(
    first + span,
    `${String(within.length)} disruptive acts in the last ${word} are the most allowed`,
  );
}

function hold(until: number, reason: string): Brake {
  return { held: true, until, reason };
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}
