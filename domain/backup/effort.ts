// What a run is going to cost a destination that counts requests, worked out before one is made.
import { nextWrite, type Pace } from './rate-limit.js';

/** The work of one run at one destination, as far as its cost depends on it. */
export interface Load {
  /** The branch is not there yet. */
  readonly first: boolean;
  /** Nothing that was proved earlier stands: the branch is listed, and its manifest read, before anything is decided. */
  readonly blind: boolean;
  /** The head already holds it all: no commit is made. */
  readonly unchanged: boolean;
  /** Blobs that have to travel and lie in the run's stage. */
  readonly missing: readonly { readonly oid: string; readonly size: number }[];
  /** Bytes of blobs that have to travel and are made on the way (parts, encrypted): never text. */
  readonly opaque: readonly number[];
  /** Files that come or change, and files that leave. */
  readonly upserts: number;
  readonly removals: number;
  /** Bytes of each blob that is read back. */
  readonly reads: readonly number[];
  /** Bytes of the whole tree. */
  readonly total: number;
}

export interface Effort {
  /** All of them, those that prove it included. */
  readonly requests: number;
  /** Those among them that write, which are kept apart in time. */
  readonly writes: number;
  /** ms, waits included: for limits known now and our own budget, at the pace that replies come at now. */
  readonly duration: number;
}

/**
 * ms from `now` until the last of `count` writes may start, when each starts as soon as the pace lets it. `writes`: starts of
 * earlier ones (epoch ms). `busy`: ms that a write takes itself, at least.
 */
export function writingTime(
  count: number,
  writes: readonly number[],
  pace: Pace,
  now: number,
  busy: number,
): number {
  const made = [...writes];
  let at = now;
  for (let index = 0; index < count; index += 1) {
    for (let gate = nextWrite(made, pace, at); gate !== null; gate = nextWrite(made, pace, at))
      at = gate.until;
    made.push(at);
    if (made.length > KEPT) made.splice(0, made.length - KEPT);
    if (index < count - 1) at += busy;
  }
  return at - now;
}

/** More than any budget of an hour: older starts say nothing any more. */
const KEPT = 20_000;
