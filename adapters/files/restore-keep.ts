// What a restore replaces is kept first, as a hard link: it costs nothing, and there is no moment without the bytes.
import { constants } from 'node:fs';
import { chmod, copyFile, link, lstat, mkdir, open, rename, rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf } from '../../domain/errors.js';
import { syncDirectory } from './atomic-write.js';
import { giveTo } from './restore-dir.js';
import { hashFile } from './restore-present.js';

/** Where the kept copy of a path lies in the directory of its restore. */
export function keptPath(dir: string, path: string): string {
  return join(dir, 'files', path);
}

/**
 * Keeps the file at `place` as the old one of `path`. Repeated, it keeps what is already kept; a different
 * file that stands there by now is kept as well, and the copy before it moves to `superseded/`. Throws the
 * system's error.
 */
export async function keepPresent(place: string, dir: string, path: string): Promise<void> {
  const kept = keptPath(dir, path);
  await mkdir(dirname(kept), { recursive: true, mode: 0o700 });
  try {
    await link(place, kept);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'EEXIST') {
      if (await isSameFile(place, kept)) return;
      await supersede(dir, path);
      await keepPresent(place, dir, path);
      return;
    }
    // Another device, or a file system (or a rule of the kernel) without hard links.
    if (code === null || !['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS'].includes(code))
      throw error;
    await copyKept(place, kept, dir, path);
  }
}

/** Syncs the directories that hold the kept copies of these paths. */
export async function syncKept(dir: string, paths: readonly string[]): Promise<void> {
  const directories = new Set<string>([join(dir, 'files'), dir]);
  for (const path of paths) {
    const components = path.split('/');
    for (let depth = 1; depth < components.length; depth += 1) {
      directories.add(join(dir, 'files', ...components.slice(0, depth)));
    }
  }
  for (const directory of directories) await syncDirectory(directory);
}

async function isSameFile(left: string, right: string): Promise<boolean> {
  const [a, b] = [await lstat(left, { bigint: true }), await lstat(right, { bigint: true })];
  return a.ino === b.ino && a.dev === b.dev;
}

async function copyKept(place: string, kept: string, dir: string, path: string): Promise<void> {
  const present = await hashFile(place);
  const known = await hashFile(kept).catch(() => null);
  if (known?.sha256 === present.sha256) return;
  if (known !== null) await supersede(dir, path);
  const part = join(dir, 'part');
  await rm(part, { force: true });
  await copySynced(place, part);
  await rename(part, kept);
  await syncDirectory(dirname(kept));
}

async function supersede(dir: string, path: string): Promise<void> {
  for (let number = 1; ; number += 1) {
    const aside = join(dir, 'superseded', String(number), path);
    await mkdir(dirname(aside), { recursive: true, mode: 0o700 });
    try {
      // link + unlink instead of rename: an older superseded copy is never overwritten.
      await link(keptPath(dir, path), aside);
      await rm(keptPath(dir, path));
      return;
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
  }
}

/** A copy with permissions, owner and times, on the disk when it returns. `to` must not exist. */
export async function copySynced(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL);
  const { mode, uid, gid, atimeMs, mtimeMs } = await lstat(from);
  await chmod(to, mode & 0o777);
  await giveTo(to, { uid, gid });
  await utimes(to, atimeMs / 1000, mtimeMs / 1000);
  const handle = await open(to, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
