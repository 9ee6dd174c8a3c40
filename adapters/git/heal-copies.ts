// Where good copies of broken objects come from: blobs from the stage, the newest commit's own objects from its spine.
import { readFile, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import type { CancelSignal, Stage } from '../../domain/backup/ports.js';
import { errorCode } from '../../domain/errors.js';
import { syncDirectory } from '../files/atomic-write.js';
import { writeBareRepository } from './bare.js';
import { checkObjects } from './batch-check.js';
import { storedRef } from './list.js';
import { idxObjects } from './pack-index.js';
import { packStream } from './pack-stream.js';
import { brokenObjects } from './sound.js';
import { readSpine } from './spine.js';
import { stagePacks } from './stage-pack.js';
import { type GitStore, callOn, packDirectory } from './store.js';
import { receivePack } from './transfer.js';

export interface GoodCopies {
  /** Finished packs with good copies, each the path of a .pack beside its .idx. */
  readonly packs: readonly string[];
  /** All object ids in them. */
  readonly oids: readonly string[];
  /** Objects of the newest commit's own that are broken in the store and good here. */
  readonly spine: readonly string[];
}

export async function collectGoodCopies(
  store: GitStore,
  oids: readonly string[],
  stage: Stage,
  work: string,
  signal?: CancelSignal,
): Promise<GoodCopies> {
  const blobs = await scratchStore(store, path.join(work, 'blobs.git'));
  const staged = { ...store, name: 'stage', path: stage.repository };
  const found = await checkObjects(staged, oids, signal);
  const held = [...new Set(oids.filter((_oid, index) => found[index] !== null))];
  const sources = await stagePacks(stage, held, callOn(store, [], signal));
  if (held.length > 0) await receivePack(blobs, packStream(sources, []), signal);
  const spine = await spineStore(store, work, signal);
  const broken = spine === null ? [] : await brokenObjects(store, spine.oids, signal);
  const scratches = [blobs, ...(spine !== null && broken.length > 0 ? [spine.store] : [])];
  const packs = (await Promise.all(scratches.map(packsOf))).flat();
  const all = await Promise.all(packs.map(objectsOf));
  return { packs, oids: all.flat(), spine: broken };
}

/** Moves the packs into the store, the index last: git sees a pack only with its index. Returns the file names. */
export async function bringIn(store: GitStore, packs: readonly string[]): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const pack of packs) {
    const name = path.basename(pack);
    await rename(pack, path.join(packDirectory(store), name));
    await rename(indexOf(pack), path.join(packDirectory(store), indexOf(name)));
    names.add(name);
  }
  await syncDirectory(packDirectory(store));
  return names;
}

/** An empty repository inside the store, thus on its disk: what is made there can be moved in. */
export async function scratchStore(store: GitStore, at: string): Promise<GitStore> {
  await writeBareRepository(at, 'main');
  return { ...store, path: at };
}

export function indexOf(pack: string): string {
  return pack.replace(/\.pack$/, '.idx');
}

async function spineStore(store: GitStore, work: string, signal?: CancelSignal) {
  const commit = await storedRef(store);
  const bytes = commit === null ? null : await readSpine(store, commit);
  if (bytes === null) return null;
  const scratch = await scratchStore(store, path.join(work, 'spine.git'));
  try {
    await receivePack(scratch, once(bytes), signal);
  } catch (error) {
    // The second copy is broken too: then there is none. Any other error is about this disk.
    if (errorCode(error) === 'DESTINATION_UNREADABLE') return null;
    throw error;
  }
  const oids = await Promise.all((await packsOf(scratch)).map(objectsOf));
  return { store: scratch, oids: oids.flat() };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

export async function packsOf(store: GitStore): Promise<string[]> {
  const names = await readdir(packDirectory(store));
  return names.filter((name) => name.endsWith('.pack')).map((name) => path.join(packDirectory(store), name));
}

async function objectsOf(pack: string): Promise<string[]> {
  return (idxObjects(await readFile(indexOf(pack))) ?? []).map((object) => object.oid);
}
