// A damaged pack still holds good objects of older backups. Each one that hashes right goes into a new pack; only
// then the damaged one leaves the store, deleted when nothing is lost with it and kept aside otherwise.
import { copyFile, link, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { CancelSignal } from '../../domain/backup/ports.js';
import { indexOf, scratchStore } from './heal-copies.js';
import { lackedObjects } from './list.js';
import { frameIsWhole, mendFrame } from './pack-frame.js';
import { idxObjects } from './pack-index.js';
import { collectGit, tryGit } from './process.js';
import { salvage } from './salvage.js';
import { sortObjects } from './sound.js';
import { type GitStore, callOn, ownDirectory, packDirectory } from './store.js';

export interface Rewritten {
  readonly rewritten: number;
  /** Objects that no good copy exists of any more. */
  readonly lost: number;
  readonly keptIn: string;
}

/** The packs of good copies, which are in the store already. */
export interface Brought {
  readonly names: ReadonlySet<string>;
  readonly oids: ReadonlySet<string>;
}

/** Takes every pack out that holds one of `wanted` or has a broken frame; those of `brought` are left alone. */
export async function rewriteDamagedPacks(
  store: GitStore,
  wanted: ReadonlySet<string>,
  brought: Brought,
  work: string,
  signal?: CancelSignal,
): Promise<Rewritten> {
  const dir = packDirectory(store);
  const keptIn = path.join(ownDirectory(store), 'damaged');
  const packs = (await readdir(dir)).filter((name) => name.endsWith('.pack') && !brought.names.has(name));
  let rewritten = 0;
  let lost = 0;
  for (const pack of packs) {
    const index = await readFile(path.join(dir, indexOf(pack))).catch(() => null);
    const objects = index === null ? null : idxObjects(index);
    const suspect =
      objects === null ||
      objects.some((object) => wanted.has(object.oid)) ||
      !(await frameIsWhole(path.join(dir, pack), index));
    if (!suspect) continue;
    rewritten += 1;
    const at = path.join(work, `salvage-${String(rewritten)}.git`);
    lost += await rewriteOne({ store, pack, index, at, keptIn, brought: brought.oids, signal });
  }
  // The same for single-object files: the good copy is in a pack by now.
  for (const oid of wanted) await dropLoose(store, oid);
  return { rewritten, lost, keptIn };
}

interface Rewrite {
  readonly store: GitStore;
  readonly pack: string;
  readonly index: Buffer | null;
  /** Scratch repository to make. */
  readonly at: string;
  readonly keptIn: string;
  readonly brought: ReadonlySet<string>;
  readonly signal: CancelSignal | undefined;
}

/** Returns how many objects are lost with the pack. */
async function rewriteOne({ store, pack, index, at, keptIn, brought, signal }: Rewrite): Promise<number> {
  const scratch = await scratchStore(store, at);
  const listed = await openDamaged(store, scratch, pack, index, signal);
  const { sound, broken } = await sortObjects(scratch, listed, signal);
  const still = sound.filter((oid) => !brought.has(oid));
  const fresh = await salvage(scratch, store, still, signal);
  // With every object saved the new pack may be the old one, byte for byte; it has then replaced it already.
  if (fresh.has(pack)) return 0;
  // Aside first, deleted last: at no moment is the only copy of a lost object in a place that is cleaned up.
  await retire(store, pack, keptIn);
  const lost = await lackedObjects(store, broken);
  // Without an index nobody knows what the pack held behind the damage, so it stays.
  const known = index !== null && idxObjects(index) !== null && listed.length > 0;
  if (lost.length === 0 && known) await dropRetired(keptIn, pack);
  await rm(at, { recursive: true, force: true });
  return lost.length;
}

/** Puts the damaged pack where git will read what can be read of it; returns the ids of all that it held. */
async function openDamaged(
  store: GitStore,
  scratch: GitStore,
  pack: string,
  index: Buffer | null,
  signal?: CancelSignal,
): Promise<readonly string[]> {
  const from = path.join(packDirectory(store), pack);
  const to = path.join(packDirectory(scratch), pack);
  const objects = index === null ? null : idxObjects(index);
  if (index !== null && objects !== null) {
    if (await frameIsWhole(from, index)) await link(from, to);
    else {
      await copyFile(from, to);
      await mendFrame(to, index, objects.length);
    }
    await copyFile(
      path.join(packDirectory(store), indexOf(pack)),
      path.join(packDirectory(scratch), indexOf(pack)),
    );
    return objects.map((object) => object.oid);
  }
  // No index to go by: git reads on from object to object and keeps what it understands.
  const unpack = callOn(scratch, ['unpack-objects', '-r', '-q'], signal);
  await tryGit(unpack, await readFile(from));
  const all = await collectGit(
    callOn(scratch, ['cat-file', '--batch-all-objects', '--batch-check=%(objectname)'], signal),
  );
  return all.toString('utf8').split('\n').filter(Boolean);
}

async function dropRetired(keptIn: string, pack: string): Promise<void> {
  const stem = pack.replace(/pack$/, '');
  const names = (await readdir(keptIn)).filter((name) => name.startsWith(stem));
  await Promise.all(names.map((name) => rm(path.join(keptIn, name), { force: true })));
}

/** Out of git's sight, the index first: a pack without an index does not exist for git. */
async function retire(store: GitStore, pack: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const stem = pack.replace(/pack$/, '');
  const names = (await readdir(packDirectory(store))).filter((name) => name.startsWith(stem));
  for (const name of names.sort()) await rename(path.join(packDirectory(store), name), path.join(to, name));
}

async function dropLoose(store: GitStore, oid: string): Promise<void> {
  const file = path.join(store.path, 'objects', oid.slice(0, 2), oid.slice(2));
  const aside = path.join(ownDirectory(store), `work-${oid}`);
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if ((await lackedObjects(store, [oid])).length > 0) await rename(aside, file);
  else await rm(aside, { force: true });
}
