// The only proof of an object: its bytes hash to its id. cat-file does not check that for packed objects.
import { createHash } from 'node:crypto';
import type { CancelSignal } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { type ObjectRead, readObjects } from './read-back.js';
import type { GitStore } from './store.js';

/** Splits object ids into those whose content can be read and hashes to the id, and the rest. */
export async function sortObjects(
  store: GitStore,
  oids: readonly string[],
  signal?: CancelSignal,
): Promise<{ readonly sound: readonly string[]; readonly broken: readonly string[] }> {
  const sound: string[] = [];
  const broken: string[] = [];
  for await (const object of readObjects(store, oids, signal)) {
    if (await isSound(object)) sound.push(object.oid);
    else broken.push(object.oid);
  }
  return { sound, broken };
}

export async function brokenObjects(
  store: GitStore,
  oids: readonly string[],
  signal?: CancelSignal,
): Promise<readonly string[]> {
  return (await sortObjects(store, oids, signal)).broken;
}

async function isSound(object: ObjectRead): Promise<boolean> {
  if ('problem' in object) return false;
  const hash = createHash('sha1').update(`${object.type} ${String(object.size)}\0`);
  try {
    for await (const chunk of object.chunks) hash.update(chunk);
  } catch (error) {
    if (error instanceof NxsError && error.code === 'DESTINATION_UNREADABLE') return false;
    throw error;
  }
  return hash.digest('hex') === object.oid;
}
