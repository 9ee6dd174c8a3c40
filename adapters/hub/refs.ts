// Refs as files: reading one costs no process, and writing one is a rename.
import { readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { NxsError } from '../../domain/errors.js';
import { atomicWrite } from '../files/atomic-write.js';

const NAME = /^refs\/[A-Za-z0-9][A-Za-z0-9._/-]*$/;

/** Where we keep what was seen of the hub's branch. */
export function trackingRef(branch: string): string {
  return `refs/remotes/hub/${branch}`;
}

/** Where a ref of a repository points; null: it is not there. Throws HUB_DAMAGED for one that makes no sense. */
export async function readRef(repository: string, name: string): Promise<string | null> {
  checkName(name);
  const loose = await readFile(join(repository, name), 'latin1').catch(() => null);
  const text = loose ?? (await packed(repository, name));
  if (text === null) return null;
  const oid = text.trim();
  if (/^[0-9a-f]{40}$/.test(oid)) return oid;
  throw new NxsError('HUB_DAMAGED', `${name} in ${repository} holds no commit id.`);
}

async function packed(repository: string, name: string): Promise<string | null> {
  const text = await readFile(join(repository, 'packed-refs'), 'latin1').catch(() => '');
  return (
    text
      .split('\n')
      .find((row) => row.endsWith(` ${name}`))
      ?.slice(0, 40) ?? null
  );
}

/** Points a ref of our own copy at a commit, durably. Below `refs/` git takes every file for a ref, also a half-written one. */
export async function writeRef(repository: string, name: string, oid: string): Promise<void> {
  checkName(name);
  await atomicWrite(join(repository, name), `${oid}\n`, { by: repository });
}

/** Of a process that was killed while it wrote one: each empty file is a broken ref, and stops every fetch. */
const HALF_WRITTEN = /\.\d+-[0-9a-f]{8}\.tmp$/;

/** Removes half-written refs that lie below `refs/`, where an earlier version wrote them. */
export async function removeHalfWritten(repository: string): Promise<void> {
  const entries = await readdir(join(repository, 'refs'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  const left = entries.filter((entry) => entry.isFile() && HALF_WRITTEN.test(entry.name));
  for (const { parentPath, name } of left) await unlink(join(parentPath, name)).catch(() => undefined);
}

export async function removeRef(repository: string, name: string): Promise<void> {
  checkName(name);
  await unlink(join(repository, name)).catch(() => undefined);
}

/** A branch comes from the config and a node's name from the host: neither may lead out of `refs/`. */
function checkName(name: string): void {
  if (NAME.test(name) && !/\.\.|\/\/|\.lock(\/|$)|\/\.|[/.]$/.test(name)) return;
  throw new NxsError('CONFIG_INVALID', `${JSON.stringify(name)} is no name for a git ref.`);
}
