// The data directory as the backup sees it: what the scan found, joined with what earlier reads already know.
import { lstat, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { StagedFile } from '../../domain/backup/entry.js';
import type { LocalFile, LocalSource, Survey } from '../../domain/backup/local-ports.js';
import { isAlwaysOut } from '../../domain/backup/select.js';
import { hashFile } from './hash.js';
import { scanDirectory } from './scan.js';
import type { ScanEntry } from './scan-entry.js';
import { loadStatCache, lookUp, saveStatCache, type CachedFile } from './stat-cache.js';
import type { StatKey } from './stat-key.js';

/** A data directory; `cacheFile` (in the state directory) spares reading what has not changed. */
export function openSource(root: string, cacheFile: string): LocalSource {
  return {
    root,
    survey: (signal) => survey(root, cacheFile, signal as AbortSignal | undefined),
    locate: (local) => locate(root, local),
    async digest(local) {
      const place = await locate(root, local);
      if (place === null) return null;
      const hashed = await hashFile(place.absolute);
      return hashed.ok ? hashed.sha256 : null;
    },
  };
}

async function survey(root: string, cacheFile: string, signal?: AbortSignal): Promise<Survey> {
  const seenNs = String(BigInt(Date.now()) * 1_000_000n);
  const options = signal === undefined ? { skip: isAlwaysOut } : { skip: isAlwaysOut, signal };
  const entries = await scanDirectory(root, options);
  const cache = await loadStatCache(cacheFile);
  const stats = new Map<string, StatKey>();
  const files = entries.map((entry): LocalFile => {
    if (entry.kind === 'file' || entry.kind === 'link') {
      stats.set(entry.path, entry.stat);
      return readable(entry, lookUp(cache, entry.path, entry.stat));
    }
    const status = entry.kind === 'other' ? 'REFUSED' : 'UNREADABLE';
    return { kind: 'problem', path: entry.path, status, reason: entry.reason };
  });
  return {
    files,
    async remember(staged) {
      const next = new Map<string, CachedFile>();
      let fresh = staged.length !== cache.size;
      for (const { local, oid, sha256, mode } of staged) {
        const key = stats.get(local);
        if (key === undefined) continue;
        const known = lookUp(cache, local, key);
        fresh ||= known === null;
        next.set(local, known ?? { ...key, oid, sha256, mode, seenNs });
      }
      if (fresh) await saveStatCache(cacheFile, next);
    },
  };
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
