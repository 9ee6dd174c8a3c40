// Indexes and caches beside the packs are derived data: what is broken of them is made anew or dropped.
import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { CancelSignal } from '../../domain/backup/ports.js';
import { indexOf, scratchStore } from './heal-copies.js';
import { idxIsWhole } from './pack-index.js';
import { tryGit } from './process.js';
import { type GitStore, callOn, packDirectory } from './store.js';

/** Rebuilds missing or broken .idx files; a pack too damaged for it keeps what it has. Returns how many were rebuilt. */
export async function mendIndexes(store: GitStore, work: string, signal?: CancelSignal): Promise<number> {
  const dir = packDirectory(store);
  const packs = (await readdir(dir)).filter((name) => name.endsWith('.pack'));
  await mkdir(work, { recursive: true });
  // An empty repository around it: in its own one git would read the broken index while it makes the new one.
  const scratch = await scratchStore(store, path.join(work, 'index.git'));
  let rebuilt = 0;
  for (const pack of packs) {
    const index = path.join(dir, indexOf(pack));
    const bytes = await readFile(index).catch(() => null);
    if (bytes !== null && idxIsWhole(bytes)) continue;
    const fresh = path.join(work, indexOf(pack));
    const { exit } = await tryGit(callOn(scratch, ['index-pack', '-o', fresh, path.join(dir, pack)], signal));
    if (exit.code !== 0) continue;
    await rename(fresh, index);
    rebuilt += 1;
  }
  return rebuilt;
}

/** Caches over several packs may name a pack that is about to go. */
export async function removeDerivedFiles(store: GitStore): Promise<void> {
  const dir = packDirectory(store);
  const names = (await readdir(dir)).filter((name) => /^multi-pack-index|\.(bitmap|rev|mtimes)$/.test(name));
  const info = path.join(store.path, 'objects', 'info');
  await Promise.all([
    ...names.map((name) => rm(path.join(dir, name), { force: true })),
    ...['commit-graph', 'commit-graphs'].map((name) =>
      rm(path.join(info, name), { recursive: true, force: true }),
    ),
  ]);
}
