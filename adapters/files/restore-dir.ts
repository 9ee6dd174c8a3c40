// A path is only safe as long as none of its directories is swapped for a link between the look and the write.
// On Linux every step goes through the open directory itself (/proc/self/fd), which a swap cannot redirect;
// elsewhere each component is looked at right before its use.
import { constants, existsSync } from 'node:fs';
import { chown, lstat, mkdir, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../domain/errors.js';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
const THROUGH_HANDLE = process.platform === 'linux' && existsSync('/proc/self/fd');

export interface Directory {
  /** Path to use for an entry of this directory in any file system call. */
  at(name: string): string;
  readonly dev: number;
  readonly uid: number;
  readonly gid: number;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export type Opened =
  | { readonly state: 'open'; readonly directory: Directory; readonly base: readonly string[] }
  | { readonly state: 'absent'; readonly base: readonly string[] }
  | { readonly state: 'blocked'; readonly reason: string };

/**
 * Opens `root` and then each component below it without following a link. `make` creates what is missing.
 * `base` is the topmost part of the way that lies on the same device as its end. Throws the system's error
 * when `root` itself cannot be opened.
 */
export async function openBelow(root: string, components: readonly string[], make: boolean): Promise<Opened> {
  let directory = await openOne(root, false);
  let base: readonly string[] = [];
  for (const [index, name] of components.entries()) {
    const path = directory.at(name);
    const shown = components.slice(0, index + 1).join('/');
    try {
      const next = (await tryOpen(path)) ?? (make ? await makeOne(directory, path) : null);
      if (next === null) {
        await directory.close();
        return { state: 'absent', base };
      }
      if (next.dev !== directory.dev) base = components.slice(0, index + 1);
      await directory.close();
      directory = next;
    } catch (error) {
      const reason = await wayReason(path, shown, error);
      await directory.close();
      return { state: 'blocked', reason };
    }
  }
  return { state: 'open', directory, base };
}

async function tryOpen(path: string): Promise<Directory | null> {
  try {
    return await openOne(path, true);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function makeOne(parent: Directory, path: string): Promise<Directory> {
  await mkdir(path).catch((error: unknown) => {
    if (errnoOf(error) !== 'EEXIST') throw error;
  });
  const made = await openOne(path, true);
  await giveTo(path, parent);
  await parent.sync();
  return made;
}

/** What root makes in someone's directory belongs to them, not to root. */
export async function giveTo(
  path: string,
  owner: { readonly uid: number; readonly gid: number },
): Promise<void> {
  if (process.getuid?.() === 0 && (owner.uid !== 0 || owner.gid !== 0))
    await chown(path, owner.uid, owner.gid);
}

async function openOne(path: string, noFollow: boolean): Promise<Directory> {
  if (noFollow && !THROUGH_HANDLE) await refuseLink(path);
  const handle = await open(path, O_RDONLY | O_DIRECTORY | (noFollow ? O_NOFOLLOW : 0));
  try {
    return await directoryOf(handle, path);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function directoryOf(handle: FileHandle, path: string): Promise<Directory> {
  const { dev, uid, gid } = await handle.stat();
  const way = THROUGH_HANDLE ? `/proc/self/fd/${handle.fd}` : path;
  let closed = false;
  return {
    at: (name) => join(way, name),
    dev,
    uid,
    gid,
    sync: () => handle.sync().catch(() => undefined),
    close: async () => {
      if (!closed) await handle.close();
      closed = true;
    },
  };
}

async function refuseLink(path: string): Promise<void> {
  if ((await lstat(path)).isSymbolicLink()) throw Object.assign(new Error('a link'), { code: 'ELOOP' });
}

async function wayReason(path: string, shown: string, error: unknown): Promise<string> {
  const link = await lstat(path).then(
    (stat) => stat.isSymbolicLink(),
    () => false,
  );
  if (link || errnoOf(error) === 'ELOOP') return `${shown} is a link, and links are never followed`;
  if (errnoOf(error) === 'ENOTDIR') return `${shown} is in the way: it is not a directory`;
  return `${shown} cannot be entered (${errnoOf(error) ?? String(error)})`;
}
