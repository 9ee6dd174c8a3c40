// What a bad disk and a careless person do to a repository. Nothing here goes through the product.
import { chmod, open, readdir, rm, stat } from 'node:fs/promises';
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
  await chmod(file, 0o644);
  const handle = await open(file, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, at);
    byte[0] = (byte[0] ?? 0) ^ 0x10;
    await handle.write(byte, 0, 1, at);
  } finally {
    await handle.close();
  }
}

/** A commit of somebody else on top of the branch that removes a file. Throws when somebody was faster. */
export async function removeFrom(dir: string, path: string): Promise<void> {
  await commitOn(dir, `0 ${'0'.repeat(40)}\t${path}\0`, 'Tidy up');
}

/** A commit of somebody else on top of the branch that adds a file. Throws when somebody was faster. */
export async function addTo(dir: string, path: string, text: string): Promise<void> {
  const oid = await git(dir, ['hash-object', '-w', '--stdin'], { input: text });
  await commitOn(dir, `100644 ${oid}\t${path}\0`, 'By hand');
}

async function commitOn(dir: string, change: string, message: string): Promise<void> {
  const head = await git(dir, ['rev-parse', '--verify', 'main']);
  const file = join(dir, 'drill-index');
  const index = { env: { GIT_INDEX_FILE: file } };
  try {
    await git(dir, ['read-tree', head], index);
    await git(dir, ['update-index', '-z', '--index-info'], { ...index, input: change });
    const tree = await git(dir, ['write-tree'], index);
    const commit = await git(dir, ['commit-tree', tree, '-p', head, '-m', message]);
    await git(dir, ['update-ref', 'refs/heads/main', commit, head]);
  } finally {
    await rm(file, { force: true });
  }
}
