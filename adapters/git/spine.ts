// The spine of a backup (commit, trees, manifest) is small and everything hangs on it, while no source file has
// a copy of it. So the newest one is kept a second time, as a pack beside the object store, for heal().
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Head } from '../../domain/backup/ports.js';
import { atomicWrite } from '../files/atomic-write.js';
import type { GitObject } from './objects.js';
import { packOf } from './pack-stream.js';
import { type GitStore, ownDirectory } from './store.js';

const NAME = /^spine-([0-9a-f]{40})-([0-9a-f]{40})\.pack$/;

export async function writeSpine(store: GitStore, head: Head, objects: readonly GitObject[]): Promise<void> {
  await mkdir(ownDirectory(store), { recursive: true, mode: 0o700 });
  await atomicWrite(spineFile(store, head), packOf(objects));
}

/** The pack of one commit's spine; null when there is none. */
export async function readSpine(store: GitStore, commit: string): Promise<Buffer | null> {
  const head = (await spineHeads(store)).find((other) => other.commit === commit);
  return head === undefined ? null : readFile(spineFile(store, head)).catch(() => null);
}

/** Commits that a spine is kept of, with their trees; normally one, two after a crash inside a publish. */
export async function spineHeads(store: GitStore): Promise<readonly Head[]> {
  const names = await readdir(ownDirectory(store)).catch(() => []);
  return names.flatMap((name) => {
    const [, commit, tree] = NAME.exec(name) ?? [];
    return commit === undefined || tree === undefined ? [] : [{ commit, tree }];
  });
}

/** Drops the spines of older heads. */
export async function keepOnlySpine(store: GitStore, commit: string): Promise<void> {
  const old = (await spineHeads(store)).filter((head) => head.commit !== commit);
  await Promise.all(old.map((head) => rm(spineFile(store, head), { force: true })));
}

function spineFile(store: GitStore, { commit, tree }: Head): string {
  return path.join(ownDirectory(store), `spine-${commit}-${tree}.pack`);
}
