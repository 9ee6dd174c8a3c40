// Copies the sound objects of a damaged pack into new packs of the store.
import path from 'node:path';
import type { CancelSignal } from '../../domain/backup/ports.js';
import { bringIn, packsOf, scratchStore } from './heal-copies.js';
import { type GitObject, type ObjectType, gitObject } from './objects.js';
import { packStream } from './pack-stream.js';
import { tryGit } from './process.js';
import { readObjects } from './read-back.js';
import { type GitStore, callOn, packDirectory } from './store.js';
import { receivePack } from './transfer.js';

const BATCH = 32 * 1024 * 1024;

/** `from` holds the damaged pack alone; every id in `sound` must read well there. Returns the names of the new packs. */
export async function salvage(
  from: GitStore,
  store: GitStore,
  sound: readonly string[],
  signal?: CancelSignal,
): Promise<ReadonlySet<string>> {
  if (sound.length === 0) return new Set();
  const target = path.join(packDirectory(store), 'pack');
  const call = callOn(from, ['pack-objects', '-q', '--window=0', target], signal);
  const { exit, stdout } = await tryGit(call, sound.map((oid) => `${oid}\n`).join(''));
  if (exit.code === 0) return new Set([`pack-${stdout.toString('utf8').trim()}.pack`]);
  // pack-objects refuses a stored form with a wrong checksum, even where the object still reads well.
  return byHand(from, store, sound, signal);
}

async function byHand(from: GitStore, store: GitStore, sound: readonly string[], signal?: CancelSignal) {
  const scratch = await scratchStore(store, `${from.path}-by-hand.git`);
  let batch: GitObject[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await receivePack(scratch, packStream([], batch), signal);
    batch = [];
    bytes = 0;
  };
  for await (const object of readObjects(from, sound, signal)) {
    if ('problem' in object) continue;
    const chunks: Uint8Array[] = [];
    for await (const chunk of object.chunks) chunks.push(chunk);
    batch.push(gitObject(object.type as ObjectType, Buffer.concat(chunks)));
    bytes += object.size;
    if (bytes > BATCH) await flush();
  }
  await flush();
  return bringIn(store, await packsOf(scratch));
}
