// Spares reading files that were not touched since they were hashed. A wrong hit would skip a changed file for
// ever, so everything doubtful is no hit: a torn file, another format, an entry that is none of ours.
import type { NdjsonFiles } from './ndjson.js';
import type { StatLine } from './stat-key.js';

/** Only for stamps that were settled when they were seen (see isSettled); the cache keeps no date of its own. */
export interface CachedFile {
  /** Path in the data directory, '/'-separated. */
  readonly path: string;
  readonly stat: StatLine;
  readonly oid: string;
  readonly sha256: string;
}

export type StatCache = ReadonlyMap<string, CachedFile>;

const KIND = 'stat-cache-2';

/** The cache in a state file; absent, torn or foreign means empty, never an error. */
export async function loadStatCache(ndjson: NdjsonFiles, file: string): Promise<StatCache> {
  const found = await ndjson.read(file, KIND);
  const cache = new Map<string, CachedFile>();
  for (const line of found?.lines ?? []) {
    if (!isCachedFile(line)) return new Map();
    cache.set(line.path, line);
  }
  return cache;
}

/** Replaces the state file atomically. Not synced: what a power cut takes is only read again. */
export async function saveStatCache(
  ndjson: NdjsonFiles,
  file: string,
  files: readonly CachedFile[],
): Promise<void> {
  await ndjson.write(file, KIND, {}, files);
}

/** The entry of an untouched file, or null when it must be read again. */
export function lookUp(cache: StatCache, at: string, stat: StatLine): CachedFile | null {
  const entry = cache.get(at);
  return entry?.stat === stat ? entry : null;
}

const SHA1 = /^[0-9a-f]{40}$/;
const SHA256 = /^[0-9a-f]{64}$/;

function isCachedFile(line: unknown): line is CachedFile {
  if (typeof line !== 'object' || line === null) return false;
  const { path, stat, oid, sha256 } = line as Readonly<Record<string, unknown>>;
  if (typeof path !== 'string' || typeof stat !== 'string') return false;
  return typeof oid === 'string' && SHA1.test(oid) && typeof sha256 === 'string' && SHA256.test(sha256);
}
