// Rot on a disk changes bytes and no date, so neither a backup nor a sync would ever look. A share of the files is read again with
// each call and held against the hash that the last backup took, as long as size, time and inode say that nobody wrote to it.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CancelSignal } from '../../domain/backup/ports.js';
import { errnoOf } from '../../domain/errors.js';
import { openNdjsonFiles } from './ndjson.js';
import { loadStatCache, type CachedFile } from './stat-cache.js';

export interface Integrity {
  /** The next share: about `bytes` bytes, at least one file. Paths whose content is damaged, of this share only. */
  next(bytes: number, signal: CancelSignal): Promise<Checked>;
  /** These files. */
  of(paths: readonly string[]): Promise<Checked>;
}

export interface Checked {
  readonly looked: number;
  /** Relative to the data directory. */
  readonly damaged: readonly string[];
}

/** `root`: the data directory; `cacheFile`: what the backup knows of it. */
export function openIntegrity(root: string, cacheFile: string): Integrity {
  const ndjson = openNdjsonFiles();
  let at = '';
  return {
    async next(bytes, signal) {
      const known = await loadStatCache(ndjson, cacheFile);
      const paths = [...known.keys()].sort();
      const first = Math.max(
        0,
        paths.findIndex((path) => path > at),
      );
      const damaged: string[] = [];
      let [looked, read] = [0, 0];
      for (const path of [...paths.slice(first), ...paths.slice(0, first)]) {
        if ((looked > 0 && read >= bytes) || signal.aborted) break;
        const entry = known.get(path);
        if (entry === undefined) continue;
        const state = await check(root, entry);
        looked += 1;
        read += sizeOf(entry);
        at = path;
        if (state === 'damaged') damaged.push(path);
      }
      return { looked, damaged };
    },
    async of(paths) {
      const known = await loadStatCache(ndjson, cacheFile);
      const damaged: string[] = [];
      for (const path of paths) {
        const entry = known.get(path);
        if (entry !== undefined && (await check(root, entry)) === 'damaged') damaged.push(path);
      }
      return { looked: paths.length, damaged };
    },
  };
}

/** Read twice before it is called damaged: somebody may be writing at this moment. */
async function check(root: string, entry: CachedFile): Promise<'same' | 'other' | 'damaged'> {
  const path = join(root, entry.path);
  try {
    for (let round = 0; round < 2; round += 1) {
      if (!(await isUntouched(path, entry))) return 'other';
      const hash = await sha256Of(path);
      if (hash === entry.sha256) return 'same';
    }
    return (await isUntouched(path, entry)) ? 'damaged' : 'other';
  } catch (error) {
    // Gone, or not ours to read: that is no damage, and the backup tells it.
    if (errnoOf(error) === null) throw error;
    return errnoOf(error) === 'EIO' ? 'damaged' : 'other';
  }
}

/** Size, time of change and inode as the backup saw them. The other stamp moves with a mere chmod. */
async function isUntouched(path: string, { stat }: CachedFile): Promise<boolean> {
  const [mtimeNs, , size, ino] = stat.split(' ');
  const now = await lstat(path, { bigint: true });
  return (
    now.isFile() && String(now.mtimeNs) === mtimeNs && String(now.size) === size && String(now.ino) === ino
  );
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function sizeOf({ stat }: CachedFile): number {
  return Number(stat.split(' ')[2] ?? 0);
}
