// What tells an untouched file from a changed one without reading it. Nanoseconds do not fit a JSON number.
import type { BigIntStats } from 'node:fs';

export interface StatKey {
  /** Decimal nanoseconds since the epoch. */
  readonly mtimeNs: string;
  /** Decimal nanoseconds since the epoch; the only stamp that a program cannot set back. */
  readonly ctimeNs: string;
  /** Bytes. */
  readonly size: number;
  readonly ino: string;
}

export function statKey(stats: BigIntStats): StatKey {
  return {
    mtimeNs: String(stats.mtimeNs),
    ctimeNs: String(stats.ctimeNs),
    size: Number(stats.size),
    ino: String(stats.ino),
  };
}

export function sameStat(a: StatKey, b: StatKey): boolean {
  return a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.size === b.size && a.ino === b.ino;
}

/** The same as one string, for where one is kept for every file of a large directory: `mtimeNs ctimeNs size ino`. */
export type StatLine = string;

export function statLine({
  mtimeNs,
  ctimeNs,
  size,
  ino,
}: StatKey | Pick<BigIntStats, 'mtimeNs' | 'ctimeNs' | 'size' | 'ino'>): StatLine {
  return `${String(mtimeNs)} ${String(ctimeNs)} ${String(size)} ${String(ino)}`;
}

// A write in the same clock tick as the hash leaves the stamps as they were (git's "racy index"); two seconds
// also cover file systems with coarse stamps.
const RACY_NS = 2_000_000_000n;

/**
 * True when both stamps lie more than two seconds before `seenNs` (nanoseconds since the epoch, the start of the scan
 * that saw them): only then does a later write have to show in them (SYNC.md, step 3: the racy rule).
 */
export function isSettled(line: StatLine, seenNs: bigint): boolean {
  const [mtimeNs = '', ctimeNs = ''] = line.split(' ');
  const before = seenNs - RACY_NS;
  return BigInt(mtimeNs) < before && BigInt(ctimeNs) < before;
}
