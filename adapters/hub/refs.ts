// Refs as files: reading one costs no process, and writing one is a rename.
import { readFile, unlink } from 'node:fs/promises';
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

/** Points a ref of our own copy at a commit, durably. */
export async function writeRef(repository: string, name: string, oid: string): Promise<void> {
  checkName(name);
  await atomicWrite(join(repository, name), `${oid}\n`);
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
