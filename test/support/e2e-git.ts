// The destination as git itself sees it, without a line of the product: the second witness in every fault test.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { Files } from './e2e-place.js';

const MANIFEST = '.nxs/manifest.ndjson';
const LIMIT = 512 * 1024 * 1024;

/** Path -> blob id of the branch (or another revision), without our manifest; null when there is no such revision. */
export function gitListing(store: string, revision = 'main'): Map<string, string> | null {
  const listed = git(store, ['ls-tree', '-r', '-z', '--full-tree', revision]);
  if (listed === null) return null;
  const rows = listed.toString('utf8').split('\0').filter(Boolean);
  const entries = rows.map((row): [string, string] => {
    const tab = row.indexOf('\t');
    return [row.slice(tab + 1), row.slice(0, tab).split(' ')[2] ?? ''];
  });
  return new Map(entries.filter(([path]) => path !== MANIFEST));
}

/** Path -> bytes as git gives them; null where it cannot (a damaged or missing object). */
export function gitFiles(store: string, revision = 'main'): Map<string, Buffer | null> | null {
  const listing = gitListing(store, revision);
  if (listing === null) return null;
  const oids = [...new Set(listing.values())];
  const blobs =
    batch(store, oids) ?? new Map(oids.map((oid) => [oid, git(store, ['cat-file', 'blob', oid])]));
  return new Map([...listing].map(([path, oid]) => [path, checked(oid, blobs.get(oid) ?? null)]));
}

/** Git gives packed bytes out without hashing them, so the test hashes. */
function checked(oid: string, bytes: Buffer | null): Buffer | null {
  return bytes !== null && blobId(bytes) === oid ? bytes : null;
}

/** All at once; null when git stopped half-way, which it does at the first damaged object. */
function batch(store: string, oids: readonly string[]): Map<string, Buffer> | null {
  const input = oids.map((oid) => `${oid}\n`).join('');
  const { status, stdout } = spawnSync('git', [`--git-dir=${store}`, 'cat-file', '--batch'], {
    input,
    maxBuffer: LIMIT,
  });
  if (status !== 0) return null;
  const blobs = new Map<string, Buffer>();
  for (let at = 0; at < stdout.length;) {
    const end = stdout.indexOf(0x0a, at);
    const [oid = '', kind, size] = stdout.subarray(at, end).toString('latin1').split(' ');
    if (kind !== 'blob') return null;
    blobs.set(oid, stdout.subarray(end + 1, end + 1 + Number(size)));
    at = end + 2 + Number(size);
  }
  return blobs;
}

/** Git's own id of a file's content, computed here. */
function blobId(bytes: Buffer): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** True when the revision lists exactly these files, by their ids. */
export function holds(listing: ReadonlyMap<string, string> | null, files: Files): boolean {
  if (listing?.size !== files.size) return false;
  return [...files].every(([path, bytes]) => listing.get(path) === blobId(bytes));
}

/** Id of the root tree of the branch; null when there is none. */
export function rootTree(store: string): string | null {
  return git(store, ['rev-parse', '--verify', '--quiet', 'main^{tree}'])?.toString('utf8').trim() ?? null;
}

/** Throws with git's words when something in the repository is damaged. */
export function fsck(store: string): void {
  execFileSync('git', [`--git-dir=${store}`, 'fsck', '--full', '--strict', '--no-dangling'], {
    stdio: 'pipe',
  });
}

/** Standard output, or null when git fails. */
export function git(store: string, args: readonly string[]): Buffer | null {
  const { status, stdout } = spawnSync('git', [`--git-dir=${store}`, ...args], { maxBuffer: LIMIT });
  return status === 0 ? stdout : null;
}
