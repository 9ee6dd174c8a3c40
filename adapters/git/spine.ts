// The spine of a backup (commit, trees, manifest) is small and everything hangs on it, while no source file has
// a copy of it. So the newest one is kept a second time, as a pack beside the object store, for heal().
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { atomicWrite } from '../files/atomic-write.js';
import type { GitObject } from './objects.js';
import { packOf } from './pack-stream.js';
import { type GitStore, ownDirectory } from './store.js';

const NAME = /^spine-([0-9a-f]{40})\.pack$/;

export async function writeSpine(store: GitStore, commit: string, objects: readonly GitObject[]): Promise<void> {
  await mkdir(ownDirectory(store), { recursive: true, mode: 0o700 });
  await atomicWrite(spineFile(store, commit), packOf(objects));
}

/** The pack of one commit's spine; null when there is none. */
export async function readSpine(store: GitStore, commit: string): Promise<Buffer | null> {
  return readFile(spineFile(store, commit)).catch(() => null);
}

/** Commits that a spine is kept of; normally one, two after a crash between two steps of a publish. */
export async function spineCommits(store: GitStore): Promise<readonly string[]> {
  const names = await readdir(ownDirectory(store)).catch(() => []);
  return names.map((name) => NAME.exec(name)?.[1]).filter((commit) => commit !== undefined);
}

/** Drops the spines of older heads. */
export async function keepOnlySpine(store: GitStore, commit: string): Promise<void> {
  const old = (await spineCommits(store)).filter((other) => other !== commit);
  await Promise.all(old.map((other) => rm(spineFile(store, other), { force: true })));
}

function spineFile(store: GitStore, commit: string): string {
  return path.join(ownDirectory(store), `spine-${commit}.pack`);
}
