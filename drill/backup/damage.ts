// What a bad disk and a careless person do to a repository. Nothing here goes through the product.
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git, tryGit } from './plain-git.js';

/** Flips one bit in every stored copy of a file's content; size and name stay. Returns how many copies there were. */
export async function flipStored(dir: string, path: string): Promise<number> {
  const oid = await git(dir, ['rev-parse', '--verify', `main:${path}`]);
  const loose = join(dir, 'objects', oid.slice(0, 2), oid.slice(2));
  const packed = await packedAt(dir, oid);
  for (const { pack, at } of packed) await flipByte(pack, at);
  const size = await stat(loose).then(
    (stats) => stats.size,
    () => null,
  );
  if (size !== null) await flipByte(loose, Math.floor(size / 2));
  return packed.length + (size === null ? 0 : 1);
}

/** Where an object lies in packs: a byte in the middle of it. */
async function packedAt(
  dir: string,
  oid: string,
): Promise<readonly { readonly pack: string; readonly at: number }[]> {
  const folder = join(dir, 'objects/pack');
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^pack-.*\.idx$/.test(name));
  const found = [];
  for (const name of names) {
    const { stdout } = await tryGit(dir, ['verify-pack', '-v', join(folder, name)]);
    const row = new RegExp(`^${oid} \\w+ +\\d+ (\\d+) (\\d+)`, 'm').exec(stdout.toString('utf8'));
    if (row === null) continue;
    const at = Number(row[2]) + Math.floor(Number(row[1]) * 0.6);
    found.push({ pack: join(folder, name.replace(/idx$/, 'pack')), at });
  }
  return found;
}

async function flipByte(file: string, at: number): Promise<void> {
  const bytes = await readFile(file);
  bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  await chmod(file, 0o644);
  await writeFile(file, bytes);
}

/** A commit of somebody else on top of the branch that removes a file. */
export async function removeFrom(dir: string, path: string): Promise<void> {
  const index = { env: { GIT_INDEX_FILE: join(dir, 'drill-index') } };
  await git(dir, ['read-tree', 'main'], index);
  const gone = `0 ${'0'.repeat(40)}\t${path}\0`;
  await git(dir, ['update-index', '-z', '--index-info'], { ...index, input: gone });
  const tree = await git(dir, ['write-tree'], index);
  const commit = await git(dir, ['commit-tree', tree, '-p', 'main', '-m', 'Tidy up']);
  await git(dir, ['update-ref', 'refs/heads/main', commit]);
}
