// What we know of a destination's bytes, and since when. Losing this state costs reads, never truth: without a proof a
// file counts as unread.
import type { StagedFile } from './entry.js';

/** A file as it was last proved in one destination. */
export interface Proof extends StagedFile {
  /** Epoch ms of the last read-back that hashed right; null: never, or found wrong since. */
  readonly verifiedAt: number | null;
}

/** quick: ids and sizes; full: every byte; rolling: the oldest share; run: what is new, overdue or in doubt. */
export type VerifyLevel = 'quick' | 'full' | 'rolling' | 'run';

export interface ReadPolicy {
  readonly level: VerifyLevel;
  /** Epoch ms. */
  readonly now: number;
  /** Every byte is read again within this many ms (DESIGN.md, principle 3: 7 days). */
  readonly within: number;
  /** Share of all bytes that one rolling pass reads, 0 to 1. */
  readonly share: number;
  /** The store was touched by someone else since we last looked: no proof counts. */
  readonly touched: boolean;
}

/** The share of the bytes that a pass every `every` ms must read so that all are read within `within` ms. */
export function rollingShare(every: number, within: number): number {
  return Math.min(1, every / within);
}

/** The files whose bytes are to be read back now, in the order given. */
export function dueForRead(files: readonly Proof[], policy: ReadPolicy): readonly Proof[] {
  if (policy.level === 'full') return files;
  if (policy.level === 'quick') return [];
  const overdue = (file: Proof): boolean =>
    policy.touched ||
    file.verifiedAt === null ||
    policy.now - file.verifiedAt >= policy.within ||
    isAhead(file.verifiedAt, policy.now);
  if (policy.level === 'run') return files.filter(overdue);
  return rolling(files, policy, overdue);
}

function rolling(
  files: readonly Proof[],
  policy: ReadPolicy,
  overdue: (file: Proof) => boolean,
): readonly Proof[] {
  const total = files.reduce((sum, file) => sum + file.size, 0);
  let budget = total * policy.share;
  const chosen = new Set<Proof>();
  const oldestFirst = [...files].sort((a, b) => (a.verifiedAt ?? 0) - (b.verifiedAt ?? 0));
  for (const file of oldestFirst) {
    if (!overdue(file)) {
      if (budget <= 0 && chosen.size > 0) break;
    }
    chosen.add(file);
    budget -= file.size;
  }
  return files.filter((file) => chosen.has(file));
}

/** Small steps of a clock are everyday; a stamp further ahead than this (ms) was made by a wrong clock and proves nothing. */
const CLOCK_SLACK = 120_000;

/** True when a stamp lies in the future. */
function isAhead(stamp: number, now: number): boolean {
  return stamp > now + CLOCK_SLACK;
}

/** True when the last proved run is older than `limit` ms, was never, or lies in the future. */
export function isTooOld(provedAt: number | null, now: number, limit: number): boolean {
  return provedAt === null || now - provedAt > limit || isAhead(provedAt, now);
}
