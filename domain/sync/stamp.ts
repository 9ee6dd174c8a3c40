// When a version came to be, so that nodes agree on which of two is the later one: a hybrid logical clock (Kulkarni et al. 2014;
// SYNC.md, step 4). Not the file's own time, for a copied or restored file has an old or a future one; not the time of the
// commit, for a node without the hub commits late.
import type { Stamp } from './model.js';

/** The part of a stamp that a node remembers between scans. */
export interface Clock {
  /** ms since the epoch. */
  readonly l: number;
  readonly c: number;
}

/** Nobody's clock may run further ahead of ours than this (ms); what does is compared as if it were this. */
export const MOST_AHEAD = 60_000;

/** The last ms of the year 9999: a later one has no date of four digits. */
export const LAST_MOMENT = 253_402_300_799_999;

/** A hostile stamp must not drive the count to where adding one changes nothing. */
export const LARGEST_COUNT = 0xffff_ffff;

/** Order of two stamps: negative when `a` is the earlier one. Equal stamps are ordered by the object ids of their versions. */
export function compareStamps(a: Stamp, b: Stamp, oidA = '', oidB = ''): number {
  return a.l - b.l || a.c - b.c || compareText(a.node, b.node) || compareText(oidA, oidB);
}

export interface Seen {
  /** The node that made the version. */
  readonly node: string;
  /** Its time of change as the file system tells it, ms, any number; a deletion has none. */
  readonly mtime: number | null;
  /** End of the scan before, ms: the version was not there then. 0: there was none. */
  readonly scanned: number;
  /** ms. */
  readonly now: number;
}

/**
 * The stamp of a version that the scan found, and the clock after it: l = max(clock.l, clamp(mtime, scanned, now)), and c
 * counts while l does not grow. A clock that was ahead and was set right is not followed further than MOST_AHEAD past `now`:
 * otherwise this node would win every conflict until the time it once believed in has come.
 */
export function nextStamp(
  clock: Clock,
  { node, mtime, scanned, now }: Seen,
): { readonly stamp: Stamp; readonly clock: Clock } {
  const held = bounded(clock, now);
  const told = mtime ?? now;
  const edited = wholeMs(Math.min(Math.max(Number.isFinite(told) ? told : 0, scanned), now));
  const next = edited > held.l ? { l: edited, c: 0 } : { l: held.l, c: Math.min(LARGEST_COUNT, held.c + 1) };
  return { stamp: { ...next, node }, clock: next };
}

/** The clock after somebody's stamp was seen; `skew`: ms that it lies ahead of our time, null when within MOST_AHEAD. */
export function receiveStamp(
  clock: Clock,
  stamp: Stamp,
  now: number,
): { readonly clock: Clock; readonly skew: number | null } {
  const [ours, theirs] = [bounded(clock, now), bounded(stamp, now)];
  const skew = stamp.l - now;
  return {
    clock: (theirs.l - ours.l || theirs.c - ours.c) > 0 ? theirs : ours,
    skew: skew > MOST_AHEAD ? skew : null,
  };
}

/** The stamp as it counts in comparisons: one from the far future is taken back to the edge of it. */
export function usableStamp(stamp: Stamp, now: number): Stamp {
  return { ...bounded(stamp, now), node: stamp.node };
}

function bounded({ l, c }: Clock, now: number): Clock {
  return l > now + MOST_AHEAD ? { l: wholeMs(now + MOST_AHEAD), c: 0 } : { l, c };
}

/** File systems give fractions of a ms; a stamp is whole, or two nodes would print it differently. */
function wholeMs(ms: number): number {
  return Math.min(LAST_MOMENT, Math.max(0, Math.floor(ms)));
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
