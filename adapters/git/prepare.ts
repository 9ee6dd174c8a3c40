// A run may have been killed at any point. What it left is harmless but must not pile up, and a repository that
// was being created must not look like a foreign directory the next time.
import { mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { NxsError, errnoOf } from '../../domain/errors.js';
import { writeBareRepository } from './bare.js';
import { checkObjects } from './batch-check.js';
import { atomicWrite, syncDirectory } from '../files/atomic-write.js';
import { storeFailure } from './failure.js';
import { storedRef } from './list.js';
import { spineHeads } from './spine.js';
import { type GitStore, branchRef, callOn, ownDirectory, packDirectory } from './store.js';

/** The port's prepare(). The caller holds the lock of this store: no other run of ours is at work in it. */
export async function prepareStore(store: GitStore): Promise<void> {
  try {
    await mkdir(store.gitHome, { recursive: true, mode: 0o700 });
    await removeHalfMade(store);
    if (await isEmptyOrAbsent(store.path)) await create(store);
    await requireBare(store);
    await removeLeftovers(store);
    await mendHead(store);
    await mendPackedRefs(store);
    await mendBranch(store);
  } catch (error) {
    throw storeFailure(callOn(store, []).where, error);
  }
}

/** Made under another name first, so that a kill leaves no half of a repository. */
async function create(store: GitStore): Promise<void> {
  await mkdir(path.dirname(store.path), { recursive: true, mode: 0o700 });
  const temporary = `${store.path}.new-${String(process.pid)}`;
  await writeBareRepository(temporary, store.branch);
  await rename(temporary, store.path);
  await syncDirectory(path.dirname(store.path));
}

async function removeHalfMade(store: GitStore): Promise<void> {
  const parent = path.dirname(store.path);
  const prefix = `${path.basename(store.path)}.new-`;
  const names = await readdir(parent).catch(() => []);
  const half = names.filter((name) => name.startsWith(prefix));
  await Promise.all(half.map((name) => rm(path.join(parent, name), { recursive: true, force: true })));
}

async function isEmptyOrAbsent(directory: string): Promise<boolean> {
  try {
    return (await readdir(directory)).length === 0;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return true;
    if (errnoOf(error) !== 'ENOTDIR') throw error;
    throw new NxsError(
      'DESTINATION_UNWRITABLE',
      `The destination ${directory} cannot be made: a file stands in its way.`,
    );
  }
}

async function requireBare(store: GitStore): Promise<void> {
  const [objects, refs, work] = await Promise.all(
    ['objects', 'refs', '.git'].map((name) => stat(path.join(store.path, name)).catch(() => null)),
  );
  if (objects?.isDirectory() === true && (refs?.isDirectory() === true || (await hasPackedRefs(store)))) {
    await mkdir(path.join(store.path, 'refs', 'heads'), { recursive: true });
    await mkdir(packDirectory(store), { recursive: true });
    return;
  }
  const advice =
    work === null
      ? 'it holds other files; name an empty or a new directory'
      : 'it is a working tree; name a bare repository';
  throw new NxsError(
    'DESTINATION_FOREIGN',
    `The destination ${store.path} is no bare git repository: ${advice}.`,
  );
}

async function hasPackedRefs(store: GitStore): Promise<boolean> {
  return stat(path.join(store.path, 'packed-refs')).then(
    () => true,
    () => false,
  );
}

/** Temporary files of killed git processes, and lock files that nobody holds any more. */
async function removeLeftovers(store: GitStore): Promise<void> {
  const refs = path.dirname(path.join(store.path, branchRef(store)));
  await Promise.all([
    removeMatching(packDirectory(store), /^(tmp_|\.tmp-)/),
    removeMatching(path.join(store.path, 'objects'), /^(tmp_|incoming-)/),
    removeMatching(store.path, /^(HEAD|config|packed-refs)\.lock$|^packed-refs\.new$/),
    removeMatching(refs, /\.lock$/),
    removeMatching(ownDirectory(store), /\.tmp$|^work-/),
  ]);
}

async function removeMatching(directory: string, pattern: RegExp): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  const matching = names.filter((name) => pattern.test(name));
  await Promise.all(matching.map((name) => rm(path.join(directory, name), { recursive: true, force: true })));
}

/** Without a valid HEAD git says "not a git repository"; and HEAD should lead a person to our branch. */
async function mendHead(store: GitStore): Promise<void> {
  const file = path.join(store.path, 'HEAD');
  const head = await readFile(file, 'utf8').catch(() => '');
  if (/^ref: refs\/heads\/\S+\n?$/.test(head) || /^[0-9a-f]{40}\n?$/.test(head)) return;
  await atomicWrite(file, Buffer.from(`ref: ${branchRef(store)}\n`));
}

/** One bad line in packed-refs stops every git command; the file is put aside, and our branch is mended from its spine. */
async function mendPackedRefs(store: GitStore): Promise<void> {
  const file = path.join(store.path, 'packed-refs');
  const text = await readFile(file, 'utf8').catch(() => '');
  const rows = text.split('\n').slice(0, -1);
  const sound =
    rows.every((row) => /^(#.*|\^[0-9a-f]{40}|[0-9a-f]{40} \S+)$/.test(row)) &&
    (text === '' || text.endsWith('\n'));
  if (!sound)
    await rename(file, `${file}.damaged-${new Date().toISOString().replace(/[^0-9A-Za-z]+/g, '-')}`);
}

/** A power cut can leave a ref of zero bytes or zeros, or none; the commit that it named is known from its spine. */
async function mendBranch(store: GitStore): Promise<void> {
  const ref = await storedRef(store);
  if (ref !== null && /^[0-9a-f]{40}$/.test(ref)) return;
  const heads = await spineHeads(store);
  const found = await checkObjects(
    store,
    heads.map(({ commit }) => `${commit}^{commit}`),
  );
  const [newest] = found.flatMap((object) => (object === null ? [] : [object.oid]));
  if (newest !== undefined)
    await atomicWrite(path.join(store.path, branchRef(store)), Buffer.from(`${newest}\n`), {
      by: store.path,
    });
}
