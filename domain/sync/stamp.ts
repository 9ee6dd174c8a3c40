// When a version came to be, comparable between nodes whose clocks differ: a hybrid logical clock (Kulkarni et al. 2014), fed by
// the times of files as far as they can be believed (SYNC.md, step 4).
import type { Stamp } from './model.js';

export interface Clock {
  /** ms since the epoch. */
  readonly l: number;
  readonly c: number;
}

/** Nobody's clock may run further ahead of ours than this (ms); what does is compared as if it were this. */
export const MOST_AHEAD = 60_000;

/** Order of two stamps: negative when `a` is the earlier one. Equal stamps are ordered by the object ids of their versions. */
export function compareStamps(a: Stamp, b: Stamp, oidA = '', oidB = ''): number {
  if (a.l !== b.l) return a.l - b.l;
  if (a.c !== b.c) return a.c - b.c;
  if (a.node !== b.node) return a.node < b.node ? -1 : 1;
  return oidA === oidB ? 0 : oidA < oidB ? -1 : 1;
}

export interface Seen {
  /** The node that made the version. */
  readonly node: string;
  /** Its time of change as the file system tells it, ms; a deletion has none. */
  readonly mtime: number | null;
  /** End of the scan before, ms: the version was not there then. */
  readonly scanned: number;
  /** ms. */
  readonly now: number;
}

/**
 * The stamp of a version that the scan found, and the clock after it. A file time is believed only between the last scan and
 * now: copied, restored and future ones lie outside of it.
 */
export function nextStamp(
  clock: Clock,
  { node, mtime, scanned, now }: Seen,
): { readonly stamp: Stamp; readonly clock: Clock } {
  const earliest = Math.min(scanned, now);
  const physical = Math.floor(Math.max(earliest, Math.min(mtime ?? now, now)));
  // A clock that ran ahead (ours, once) must not hold us there for ever: it counts on, and time catches up.
  const next = physical > clock.l ? { l: physical, c: 0 } : { l: clock.l, c: clock.c + 1 };
  return { stamp: { ...next, node }, clock: next };
}

/** The clock after somebody's stamp was seen; `skew`: ms that it lies ahead of our time, null when within MOST_AHEAD. */
export function receiveStamp(
  clock: Clock,
  stamp: Stamp,
  now: number,
): { readonly clock: Clock; readonly skew: number | null } {
  const usable = usableStamp(stamp, now);
  const skew = stamp.l - now > MOST_AHEAD ? stamp.l - now : null;
  const later = usable.l > clock.l || (usable.l === clock.l && usable.c > clock.c);
  return { clock: later ? { l: usable.l, c: usable.c } : clock, skew };
}

/** The stamp as it counts in comparisons: one from the far future is taken back to the edge of it. */
export function usableStamp(stamp: Stamp, now: number): Stamp {
  return stamp.l - now > MOST_AHEAD ? { ...stamp, l: now + MOST_AHEAD, c: 0 } : stamp;
}
