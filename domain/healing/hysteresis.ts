// A threshold alone acts on noise: around 68 % of memory a plain "> 70" fires hundreds of times a day (FIELD.md, section 4). So m
// of the last n looks must be bad to begin, a lower limit counts to go on, and several good looks in a row to end. A look that
// could not be taken is neither: it ends nothing and begins nothing.
import type { State } from './model.js';

export interface Rule {
  /** Bad looks that begin it ... */
  readonly bad: number;
  /** ... of so many. */
  readonly of: number;
  /** Good looks in a row that end it. */
  readonly good: number;
}

export interface Track {
  /** The latest looks, newest last; `at` in ms. */
  readonly recent: readonly { readonly state: State; readonly at: number }[];
  readonly active: boolean;
  /** ms: the first bad look of those that began it; null: not active. */
  readonly since: number | null;
  /** ms: nothing could be seen since then; null: something was seen last. */
  readonly blindSince: number | null;
}

export const UNSEEN: Track = { recent: [], active: false, since: null, blindSince: null };

/** One more look at `now` (ms). */
export function look(track: Track, state: State, now: number, rule: Rule): Track {
  const kept = [...track.recent, { state, at: now }].slice(-Math.max(rule.of, rule.good));
  const blindSince = state === 'unknown' ? (track.blindSince ?? now) : null;
  if (track.active) {
    const last = kept.slice(-rule.good);
    const over = last.length === rule.good && last.every((each) => each.state === 'good');
    return { recent: over ? [] : kept, active: !over, since: over ? null : track.since, blindSince };
  }
  const window = kept.slice(-rule.of).filter((each) => each.state === 'bad');
  const begins = state === 'bad' && window.length >= rule.bad;
  return { recent: kept, active: begins, since: begins ? (window[0]?.at ?? now) : null, blindSince };
}

/** After the machine slept the looks before say nothing about now; what was active stays so until it is seen to be well. */
export function afterGap(track: Track): Track {
  return { ...track, recent: [] };
}

/** What a measured value means: above `enter` bad; once active, bad until it is at or below `exit`. */
export function judge(value: number, { enter, exit }: Limits, active: boolean): State {
  return value > (active ? exit : enter) ? 'bad' : 'good';
}

/** Limits in the value's own unit; `exit` below `enter`. */
export interface Limits {
  readonly enter: number;
  readonly exit: number;
}

/** Points below the limit at which a percentage counts as well again. */
const EXIT_BELOW = 5;

export function percentLimits(enter: number): Limits {
  return { enter, exit: Math.max(0, enter - EXIT_BELOW) };
}

/** A measured value and when it was taken (ms). */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** The samples of the last `span` ms with one more; what a clock that was set back left ahead of `sample` is dropped too. */
export function within(samples: readonly Sample[], sample: Sample, span: number): readonly Sample[] {
  return [...samples.filter(({ at }) => at > sample.at - span && at <= sample.at), sample];
}

/** A single peak is no trend: a soft metric is judged by its mean. One sample is its own mean. */
export function meanOf(samples: readonly Sample[]): number {
  const sum = samples.reduce((all, { value }) => all + value, 0);
  return Math.round((10 * sum) / samples.length) / 10;
}
