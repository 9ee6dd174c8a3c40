// The data directory as the backup sees it: what the scan found, joined with what earlier reads already know.
import { lstat, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { StagedFile } from '../../domain/backup/entry.js';
import type { LocalFile, LocalSource, Survey } from '../../domain/backup/local-ports.js';
import { isAlwaysOut } from '../../domain/backup/select.js';
import { hashFile } from './hash.js';
import { openNdjsonFiles } from './ndjson.js';
import { scanDirectory } from './scan.js';
import type { ScanEntry } from './scan-entry.js';
import { loadStatCache, lookUp, saveStatCache, type CachedFile, type StatCache } from './stat-cache.js';
import { isSettled, type StatLine } from './stat-key.js';

/** A data directory; `cacheFile` (in the state directory) spares reading what has not changed. */
export function openSource(root: string, cacheFile: string): LocalSource {
  const ndjson = openNdjsonFiles();
  const cache: CacheFile = {
    load: () => loadStatCache(ndjson, cacheFile),
    save: (files) => saveStatCache(ndjson, cacheFile, files),
  };
  return {
    root,
    survey: (signal) => survey(root, cache, signal as AbortSignal | undefined),
    locate: (local) => locate(root, local),
    async digest(local) {
      const place = await locate(root, local);
      if (place === null) return null;
      const hashed = await hashFile(place.absolute);
      return hashed.ok ? hashed.sha256 : null;
    },
  };
}

interface CacheFile {
  load(): Promise<StatCache>;
  save(files: readonly CachedFile[]): Promise<void>;
}

async function survey(root: string, cacheFile: CacheFile, signal?: AbortSignal): Promise<Survey> {
  const seenNs = BigInt(Date.now()) * 1_000_000n;
  const options = signal === undefined ? { skip: isAlwaysOut } : { skip: isAlwaysOut, signal };
  const entries = await scanDirectory(root, options);
  const { files, stats, unknown, cached } = joined(entries, await cacheFile.load());
  const rowOf = ({ local, oid, sha256 }: StagedFile): CachedFile[] => {
    const stat = stats.get(local);
    if (stat === undefined || (unknown.has(local) && !isSettled(stat, seenNs))) return [];
    return [{ path: local, stat, oid, sha256 }];
  };
  return {
    files,
    async remember(staged) {
      // The common run: the cache file says exactly this already.
      if (staged.length === cached && !staged.some(({ local }) => unknown.has(local))) return;
      await cacheFile.save(staged.flatMap(rowOf));
    },
  };
}

interface Joined {
  readonly files: readonly LocalFile[];
  readonly stats: ReadonlyMap<string, StatLine>;
  /** Paths that the cache cannot vouch for. */
  readonly unknown: ReadonlySet<string>;
  /** Entries in the cache. */
  readonly cached: number;
}

// A function of its own, so that neither the scan nor the cache lives on in the closure that remembers.
function joined(entries: readonly ScanEntry[], cache: StatCache): Joined {
  const stats = new Map<string, StatLine>();
  const unknown = new Set<string>();
  const files = entries.map((entry): LocalFile => {
    if (entry.kind === 'file' || entry.kind === 'link') {
      const known = lookUp(cache, entry.path, entry.stat);
      stats.set(entry.path, entry.stat);
      if (known === null) unknown.add(entry.path);
      return readable(entry, known);
    }
    const status = entry.kind === 'other' ? 'REFUSED' : 'UNREADABLE';
    return { kind: 'problem', path: entry.path, status, reason: entry.reason };
  });
  return { files, stats, unknown, cached: cache.size };
}

function readable(
  entry: Extract<ScanEntry, { kind: 'file' | 'link' }>,
  cached: CachedFile | null,
): LocalFile {
  return {
    kind: 'file',
    path: entry.path,
    absolute: entry.kind === 'link' ? entry.targetAbsolute : entry.absolute,
    size: entry.size,
    mode: modeOf(entry.mode),
    known: cached === null ? null : { oid: cached.oid, sha256: cached.sha256 },
  };
}

async function locate(
  root: string,
  local: string,
): Promise<{ absolute: string; mode: StagedFile['mode'] } | null> {
  try {
    const realRoot = await realpath(root);
    const named = path.join(realRoot, local);
    const absolute = (await lstat(named)).isSymbolicLink() ? await realpath(named) : named;
    const inside = path.relative(realRoot, await realpath(path.dirname(absolute)));
    if (inside.startsWith('..') || path.isAbsolute(inside)) return null;
    const stats = await stat(absolute);
    return stats.isFile() ? { absolute, mode: modeOf(stats.mode) } : null;
  } catch {
    return null;
  }
}

/** Git knows one permission bit: executable by its owner. */
function modeOf(mode: number): StagedFile['mode'] {
  return (mode & 0o100) === 0 ? '100644' : '100755';
}
