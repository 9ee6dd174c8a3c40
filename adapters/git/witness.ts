// A token that any touch of the store changes. ctime is in it: no program can set it back, so even a flipped
// byte with restored mtime shows.
import { createHash } from 'node:crypto';
import { lstat, readdir } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { GitStore } from './store.js';

const readDirectory = promisify(readdir);
const lstatFile = promisify(lstat);

/** Digest over name, size, mtime, ctime and inode of every file of objects/, refs/ and the top; null when unreadable. */
export async function storeWitness(store: GitStore): Promise<string | null> {
  try {
    const rows = await Promise.all([
      walk(path.join(store.path, 'objects')),
      walk(path.join(store.path, 'refs')),
      ...['HEAD', 'packed-refs'].map((name) => stamp(path.join(store.path, name))),
    ]);
    return createHash('sha256').update(rows.flat().sort().join('\n')).digest('hex');
  } catch {
    return null;
  }
}

async function walk(directory: string): Promise<string[]> {
  const found = await readDirectory(directory, { withFileTypes: true });
  const rows = await Promise.all(
    found.map((item) => {
      const at = path.join(directory, item.name);
      return item.isDirectory() ? walk(at) : stamp(at);
    }),
  );
  return rows.flat();
}

async function stamp(file: string): Promise<string[]> {
  try {
    const { size, mtimeNs, ctimeNs, ino } = await lstatFile(file, { bigint: true });
    return [`${file}\0${String(size)}\0${String(mtimeNs)}\0${String(ctimeNs)}\0${String(ino)}`];
  } catch {
    return [`${file}\0absent`];
  }
}
