// What a bad disk, a bad person or a bad program does to a repository. Nothing here goes through the product.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { git, gitListing } from './e2e-git.js';

interface Packed {
  readonly pack: string;
  readonly offset: number;
  /** Bytes in the pack, header included. */
  readonly length: number;
}

/** Every place where the object lies packed. */
function packedAt(store: string, oid: string): readonly Packed[] {
  return packs(store).flatMap((pack) => {
    const text = verifyPack(store, pack);
    const row = new RegExp(`^${oid} \\w+ +\\d+ (\\d+) (\\d+)`, 'm').exec(text);
    return row === null ? [] : [{ pack, length: Number(row[1]), offset: Number(row[2]) }];
  });
}

function verifyPack(store: string, pack: string): string {
  // A pack that is damaged elsewhere still lists what can be listed, whatever the exit code.
  const args = [`--git-dir=${store}`, 'verify-pack', '-v', pack.replace(/pack$/, 'idx')];
  return spawnSync('git', args, { encoding: 'utf8' }).stdout;
}

export function packs(store: string, ending = '.pack'): readonly string[] {
  const dir = join(store, 'objects/pack');
  if (!existsSync(dir)) return [];
  const names = readdirSync(dir).filter((name) => name.startsWith('pack-') && name.endsWith(ending));
  return names.sort().map((name) => join(dir, name));
}

/** Flips one bit of one byte; size and name stay. Defaults to the middle. */
export function flipByte(file: string, at?: number): void {
  const bytes = readFileSync(file);
  const where = at ?? Math.floor(bytes.length / 2);
  bytes[where] = (bytes[where] ?? 0) ^ 0x10;
  chmodSync(file, 0o644);
  writeFileSync(file, bytes);
}

/** Flips a byte in every stored copy of an object; false when it is stored nowhere. */
export function flipObject(store: string, oid: string): boolean {
  const places = packedAt(store, oid);
  for (const { pack, offset, length } of places) flipByte(pack, offset + Math.floor(length * 0.6));
  const loose = loosePath(store, oid);
  if (existsSync(loose)) flipByte(loose);
  return places.length > 0 || existsSync(loose);
}

/** Flips a byte in the stored bytes of one file of the branch. */
export function flipFile(store: string, path: string): void {
  const oid = gitListing(store)?.get(path);
  if (oid === undefined || !flipObject(store, oid)) throw new Error(`${path} is not in ${store}`);
}

/** The id of `main`, `main^{tree}`, `main:path`. */
export function idOf(store: string, revision: string): string {
  const id = git(store, ['rev-parse', '--verify', revision]);
  if (id === null) throw new Error(`no ${revision} in ${store}`);
  return id.toString('utf8').trim();
}

export function removeAll(files: readonly string[]): void {
  for (const file of files) rmSync(file, { force: true });
}

export function cutInHalf(file: string): void {
  chmodSync(file, 0o644);
  truncateSync(file, Math.floor(readFileSync(file).length / 2));
}

export function loosePath(store: string, oid: string): string {
  return join(store, 'objects', oid.slice(0, 2), oid.slice(2));
}

/** Where the branch is written, as git would. */
export function refPath(store: string): string {
  return join(store, 'refs/heads/main');
}
