// What stands in the target now. Every byte is hashed: sizes and times prove nothing, and the record of a restore
// must be able to prove the old file as well as the new one.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import type { Present } from '../../domain/restore/plan.js';
import { errnoOf } from '../../domain/errors.js';
import type { Opened } from './restore-dir.js';
import { nameOf } from './restore-walker.js';

/** Tells whether a file is still the one that was looked at. A new hard link changes ctime, so ctime is left out. */
export interface Stamp {
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtime: bigint;
}

export interface Look {
  readonly present: Present;
  readonly stamp: Stamp | null;
  readonly uid: number;
  readonly gid: number;
}

export type Standing =
  | { readonly kind: 'absent' }
  | { readonly kind: 'blocked'; readonly reason: string }
  | { readonly kind: 'file'; readonly stat: BigIntStats };

export function stampOf(stat: BigIntStats): Stamp {
  return { ino: stat.ino, size: stat.size, mtime: stat.mtimeNs };
}

export function sameStamp(left: Stamp | null, right: Stamp | null): boolean {
  if (left === null || right === null) return left === right;
  return left.ino === right.ino && left.size === right.size && left.mtime === right.mtime;
}

/** What kind of thing stands at a path, no link followed. */
export async function standing(path: string): Promise<Standing> {
  try {
    const stat = await lstat(path, { bigint: true });
    if (stat.isFile()) return { kind: 'file', stat };
    return { kind: 'blocked', reason: `${kindOf(stat)} stands there, and only files are replaced` };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return { kind: 'absent' };
    return { kind: 'blocked', reason: `it cannot be looked at (${errnoOf(error) ?? String(error)})` };
  }
}

/** Looks at the file `path` in its opened parent and hashes it. Never throws for a state of the file. */
export async function lookAt(parent: Opened, path: string): Promise<Look> {
  const nobody = { stamp: null, uid: 0, gid: 0 };
  if (parent.state === 'absent') return { present: { kind: 'absent' }, ...nobody };
  if (parent.state === 'blocked') return { present: { kind: 'blocked', reason: parent.reason }, ...nobody };
  const place = parent.directory.at(nameOf(path));
  const there = await standing(place);
  if (there.kind !== 'file') return { present: there, ...nobody };
  try {
    const { sha256, size, stat } = await hashFile(place);
    const permissions = Number(stat.mode & 0o777n);
    return {
      present: { kind: 'file', sha256, size, permissions },
      stamp: stampOf(stat),
      uid: Number(stat.uid),
      gid: Number(stat.gid),
    };
  } catch (error) {
    const reason = `the present file cannot be read (${errnoOf(error) ?? String(error)})`;
    return { present: { kind: 'blocked', reason }, ...nobody };
  }
}

/** SHA-256 and size of a regular file, no link followed; `stat` is from before the read. Throws the system's error. */
export async function hashFile(path: string): Promise<{ sha256: string; size: number; stat: BigIntStats }> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = await handle.stat({ bigint: true });
    const hash = createHash('sha256');
    const block = Buffer.allocUnsafe(Math.max(1, Math.min(Number(stat.size), 256 * 1024)));
    let size = 0;
    for (;;) {
      const { bytesRead } = await handle.read(block, 0, block.length, null);
      if (bytesRead === 0) return { sha256: hash.digest('hex'), size, stat };
      hash.update(block.subarray(0, bytesRead));
      size += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

function kindOf(stat: BigIntStats): string {
  if (stat.isSymbolicLink()) return 'a link';
  if (stat.isDirectory()) return 'a directory';
  return 'a special file';
}
