// Spares reading files that were not touched since they were hashed. A wrong hit would skip a changed file for
// ever, so everything doubtful is no hit: a racy stamp, a torn line, another format.
import { readFile } from 'node:fs/promises';
import { atomicWrite } from './atomic-write.js';
import { type StatKey, sameStat } from './stat-key.js';

export interface CachedFile extends StatKey {
  readonly oid: string;
  readonly sha256: string;
  readonly mode: '100644' | '100755';
  /** Decimal nanoseconds of the start of the scan that recorded the entry. */
  readonly seenNs: string;
}

export type StatCache = ReadonlyMap<string, CachedFile>;

const HEADER = '{"nxs":"stat-cache","version":1}';
// A write in the same clock tick as the hash leaves the stamps as they were (git's "racy index"); two seconds
// also cover file systems with coarse stamps.
const RACY_NS = 2_000_000_000n;

/** The cache in a state file; absent, torn or foreign means empty, never an error. */
export async function loadStatCache(file: string): Promise<Map<string, CachedFile>> {
  const cache = new Map<string, CachedFile>();
  let text;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return cache;
  }
  const lines = text.split('\n');
  if (lines[0] !== HEADER || lines.at(-1) !== '') return cache;
  for (const line of lines.slice(1, -1)) {
    const entry = parseLine(line);
    if (entry === null) return new Map();
    cache.set(entry[0], entry[1]);
  }
  return cache;
}

/** Replaces the state file atomically. Not synced: what a power cut takes is only read again. */
export async function saveStatCache(file: string, cache: StatCache): Promise<void> {
  const lines = [HEADER];
  for (const [at, entry] of cache) {
    const { mtimeNs, ctimeNs, size, ino, oid, sha256, mode, seenNs } = entry;
    lines.push(JSON.stringify([at, mtimeNs, ctimeNs, size, ino, oid, sha256, mode, seenNs]));
  }
  await atomicWrite(file, `${lines.join('\n')}\n`, { sync: false });
}

/** The entry of an untouched file, or null when it must be read again (SYNC.md, step 3: the racy rule). */
export function lookUp(cache: StatCache, at: string, stat: StatKey): CachedFile | null {
  const entry = cache.get(at);
  if (entry === undefined || !sameStat(entry, stat)) return null;
  const trustedBefore = BigInt(entry.seenNs) - RACY_NS;
  return BigInt(entry.mtimeNs) < trustedBefore && BigInt(entry.ctimeNs) < trustedBefore ? entry : null;
}

const DECIMAL = /^-?\d{1,24}$/;

function parseLine(line: string): [string, CachedFile] | null {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    return null;
  }
  if (!Array.isArray(row) || row.length !== 9) return null;
  const [at, mtimeNs, ctimeNs, size, ino, oid, sha256, mode, seenNs] = row as readonly unknown[];
  if (typeof at !== 'string' || typeof size !== 'number' || typeof ino !== 'string') return null;
  if (![mtimeNs, ctimeNs, seenNs].every((value) => typeof value === 'string' && DECIMAL.test(value)))
    return null;
  if (typeof oid !== 'string' || typeof sha256 !== 'string' || oid.length !== 40 || sha256.length !== 64)
    return null;
  if (mode !== '100644' && mode !== '100755') return null;
  const stamps = { mtimeNs: String(mtimeNs), ctimeNs: String(ctimeNs), seenNs: String(seenNs) };
  return [at, { ...stamps, size, ino, oid, sha256, mode }];
}
