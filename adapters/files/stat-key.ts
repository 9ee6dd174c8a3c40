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
