import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../../config/types.js';
import {
  cutInHalf,
  flipByte,
  flipFile,
  flipObject,
  idOf,
  loosePath,
  packs,
  refPath,
  removeAll,
} from '../support/e2e-damage.js';
import { git, gitFiles } from '../support/e2e-git.js';
import { configOf, digests, fill, makePlace, removePlace, type Place } from '../support/e2e-place.js';
import { freshPorts, runBackup, verify } from '../support/e2e-plain.js';
import { seeded } from '../support/e2e-random.js';

let place: Place;
let config: Config;
let files: Map<string, Buffer>;
// A case that ends sound hands its place to the next one; after any other a new one is made.
let sound = false;

beforeEach(async () => {
  if (sound) return;
  place = await makePlace();
  config = await configOf(place);
  const random = seeded(7);
  files = new Map([
    ['MEMORY.md', Buffer.from('# Memory\n'.repeat(40))],
    ['memory/one.md', random.bytes(3_000)],
    ['memory/deep/two.md', random.bytes(30_000)],
    ['large.bin', random.bytes(900_000)],
  ]);
  // Two commits, so that there is a history to lose.
  await fill(place.dataDir, new Map([...files].slice(0, 2)));
  expect((await runBackup(config)).outcome).toBe('green');
  await fill(place.dataDir, files);
  expect((await runBackup(config)).outcome).toBe('green');
});
afterEach(async () => {
  if (!sound) await removePlace(place);
});
afterAll(() => removePlace(place));

/** What plain git gives out for the branch is byte for byte what was backed up. */
function expectSound(): void {
  const stored = gitFiles(place.store);
  expect(stored).not.toBeNull();
  const missing = [...(stored ?? [])].filter(([, bytes]) => bytes === null).map(([path]) => path);
  expect(missing).toEqual([]);
  expect(digests(stored as Map<string, Buffer>)).toEqual(digests(files));
}

/** The old repository, wherever it is now. */
function setAside(): readonly string[] {
  return readdirSync(place.stateDir).filter((name) => name.startsWith('backup.git.damaged-'));
}

describe('a flipped byte in a stored file', () => {
  it('is named by a full verification and healed by the next run', async () => {
    flipFile(place.store, 'memory/deep/two.md');
    const seen = await verify(config);
    expect(seen.green).toBe(false);
    expect(seen.destinations[0]?.bad.join()).toContain('memory/deep/two.md');
    expect(seen.destinations[0]?.counts.VERIFIED).toBe(3);
    const record = await runBackup(config);
    expect(record.outcome).toBe('green');
    expect(record.destinations[0]?.counts).toEqual({ VERIFIED: 3, HEALED: 1 });
    expectSound();
    expect((await verify(config)).green).toBe(true);
  });

  it('is healed by a run that nobody warned, because the store was touched', async () => {
    flipFile(place.store, 'large.bin');
    const record = await runBackup(config);
    expect(record.destinations[0]?.counts).toEqual({ VERIFIED: 3, HEALED: 1 });
    expect(record.outcome).toBe('green');
    expectSound();
  });

  it('is not green while the tree has it, also when the source no longer has those bytes', async () => {
    const path = 'memory/one.md';
    flipFile(place.store, path);
    rmSync(join(place.dataDir, path));
    const seen = await verify(config);
    expect(seen.green).toBe(false);
    expect(seen.destinations[0]?.bad.join()).toContain(path);
    expect(seen.destinations[0]?.changedSince).toBe(1);
    // Deleted here means deleted in the next tree, which no longer has the damaged object.
    files.delete(path);
    const record = await runBackup(config);
    expect(record.outcome, record.summary).toBe('green');
    expectSound();
  });
});

describe('rot that leaves no trace in size, times or inode', () => {
  it('is found by the next full verification, and after that the run heals it', async () => {
    const path = 'memory/deep/two.md';
    flipFile(place.store, path);
    await forgetTheTouch();
    const found = await verify(config);
    expect(found.green).toBe(false);
    expect(found.destinations[0]?.bad.join()).toContain(path);
    await forgetTheTouch();
    const record = await runBackup(config);
    expect(record.outcome, record.summary).toBe('green');
    expect(record.destinations[0]?.counts.HEALED).toBe(1);
    expectSound();
  });
});

/** No program can set ctime back as rot does, so our memory of the store is moved to what it is now. */
async function forgetTheTouch(): Promise<void> {
  const { state, destinations } = freshPorts(config);
  const [local] = destinations;
  const book = await state.loadProofs('local');
  if (local?.state !== 'ready' || book === null) throw new Error('nothing was proved yet');
  await state.saveProofs('local', { ...book, witness: await local.store.witness() });
}

describe('damage to the store as a whole', () => {
  const DAMAGES: Readonly<Record<string, () => void>> = {
    'a pack cut in half': () => cutInHalf(packs(place.store)[0] ?? ''),
    'the newest pack cut in half': () => cutInHalf(newestPack()),
    'every pack removed': () => removeAll(packs(place.store)),
    'every pack index removed': () => removeAll(packs(place.store, '.idx')),
    'a flipped byte in a pack index': () => packs(place.store, '.idx').forEach((file) => flipByte(file)),
    'a pack of zero bytes': () => writeFileSync(replaceable(newestPack()), ''),
    'an index of zero bytes': () => writeFileSync(replaceable(newestPack().replace(/pack$/, 'idx')), ''),
    'a flipped byte in the header of a pack': () => flipByte(newestPack(), 5),
    'a flipped byte in the trailer of a pack': () =>
      flipByte(newestPack(), readFileSync(newestPack()).length - 3),
    'the damaged commit': () => void flipObject(place.store, idOf(place.store, 'main')),
    'the damaged root tree': () => void flipObject(place.store, idOf(place.store, 'main^{tree}')),
    'a damaged lower tree': () => void flipObject(place.store, idOf(place.store, 'main:memory')),
    'the damaged manifest': () =>
      void flipObject(place.store, idOf(place.store, 'main:.nxs/manifest.ndjson')),
    'a branch of zero bytes': () => writeFileSync(refPath(place.store), ''),
    'a branch of zeros': () => writeFileSync(refPath(place.store), `${'0'.repeat(40)}\n`),
    'a branch that names nothing': () => writeFileSync(refPath(place.store), `${'1'.repeat(40)}\n`),
    'a branch of rubbish': () => writeFileSync(refPath(place.store), '\0\xff rubbish\n'),
    'a HEAD of zero bytes': () => writeFileSync(join(place.store, 'HEAD'), ''),
    'no HEAD': () => rmSync(join(place.store, 'HEAD')),
    'packed-refs of rubbish': () => {
      git(place.store, ['pack-refs', '--all']);
      writeFileSync(join(place.store, 'packed-refs'), 'rubbish\n');
    },
    'no config': () => rmSync(join(place.store, 'config'), { force: true }),
  };

  it.each(Object.keys(DAMAGES))(
    '%s: the next run ends green and sound, and nothing old is deleted',
    async (name) => {
      sound = false;
      const before = setAside().length;
      DAMAGES[name]?.();
      const kept = storedBytes();
      const record = await runBackup(config);
      const where = `${name}: ${record.summary}`;
      expect(record.outcome, where).toBe('green');
      expectSound();
      expect((await verify(config)).green, where).toBe(true);
      // Heard of, or not a damage at all: the run after it is quiet.
      const quiet = await runBackup(config);
      expect(quiet.destinations[0], where).toMatchObject({ unchanged: true, note: null });
      // Of a store that was given up, every byte that was left is still there.
      if (setAside().length > before) {
        expect(newestAside()).toBeGreaterThanOrEqual(kept);
        expect(record.destinations[0]?.note).toContain('.damaged-');
      }
      sound = true;
    },
  );

  it('a branch that was deleted: the next run ends green and the history stays reachable', async () => {
    sound = false;
    const old = idOf(place.store, 'main');
    rmSync(refPath(place.store));
    const record = await runBackup(config);
    expect(record.outcome, record.summary).toBe('green');
    expectSound();
    const reachable = git(place.store, ['merge-base', '--is-ancestor', old, 'main']) !== null;
    expect(reachable || setAside().length > 0, 'the old commits hang on nothing').toBe(true);
  });

  it.each(['refs', 'objects'])(
    'is refused with a sentence when %s/ is gone, and nothing is deleted',
    async (dir) => {
      sound = false;
      rmSync(join(place.store, dir), { recursive: true });
      const kept = readdirSync(place.store);
      const record = await runBackup(config);
      expect(record.outcome).not.toBe('green');
      expect(record.summary).toContain(place.store);
      expect(readdirSync(place.store)).toEqual(kept);
    },
  );
});

describe('wrong bytes under the right name', () => {
  beforeAll(() => {
    sound = false;
  });

  it('are not believed, although git lists them without complaint', async () => {
    const path = 'memory/one.md';
    const oid = idOf(place.store, `main:${path}`);
    // The good copy goes, a well-formed object of other bytes (and the same size) takes its name.
    const wrong = Buffer.from(files.get(path) ?? '');
    wrong[100] = (wrong[100] ?? 0) ^ 1;
    const all = gitFiles(place.store);
    expect(all?.get(path)?.equals(files.get(path) ?? Buffer.alloc(0))).toBe(true);
    const kept = join(place.root, 'kept');
    mkdirSync(kept);
    for (const pack of packs(place.store)) renameSync(pack, join(kept, 'p.pack'));
    git(place.store, ['unpack-objects', '-q']);
    const loose = loosePath(place.store, oid);
    mkdirSync(dirname(loose), { recursive: true });
    writeFileSync(loose, deflateSync(Buffer.concat([Buffer.from(`blob ${wrong.length}\0`), wrong])));
    expect(existsSync(loose)).toBe(true);
    const record = await runBackup(config);
    expect(record.outcome, record.summary).toBe('green');
    expectSound();
  });
});

describe('a destination that is no repository', () => {
  it('is refused with a sentence, and the file in its way stays', async () => {
    rmSync(place.store, { recursive: true });
    writeFileSync(place.store, 'my file');
    const record = await runBackup(config);
    expect(record.outcome).toBe('failed');
    expect(record.summary).toContain('a file stands in its way');
    expect(readFileSync(place.store, 'utf8')).toBe('my file');
    rmSync(place.store);
    // Gone now, file and repository: a new one is made only when a person says so.
    const gone = await runBackup(config);
    expect(gone.outcome).toBe('failed');
    const token = /--confirm (new-[0-9a-f]+)/.exec(gone.summary)?.[1] ?? 'none was printed';
    expect((await runBackup(config, { confirm: token })).outcome).toBe('green');
    expectSound();
  });

  it('is refused when it holds other files, and they stay', async () => {
    rmSync(place.store, { recursive: true });
    mkdirSync(place.store);
    writeFileSync(join(place.store, 'letter.txt'), 'dear');
    const record = await runBackup(config);
    expect(record.outcome).toBe('failed');
    expect(record.summary).toContain('no bare git repository');
    expect(readdirSync(place.store)).toEqual(['letter.txt']);
  });

  it('is refused when another node owns the tree, with the advice to set a prefix', async () => {
    const other = await configOf({ ...place, env: { ...place.env, NXS_NODE: 'cloud' } });
    const record = await runBackup(other);
    expect(record.outcome).toBe('failed');
    expect(record.summary).toMatch(
      /holds the backup of the node "home".*give it a path or a prefix of its own/,
    );
    expectSound();
  });
});

function newestPack(): string {
  const oid = idOf(place.store, 'main');
  const found = packs(place.store).find((pack) =>
    (git(place.store, ['verify-pack', '-v', pack.replace(/pack$/, 'idx')])?.toString() ?? '').includes(oid),
  );
  if (found === undefined) throw new Error('the head lies in no pack');
  return found;
}

/** Pack files are read-only. */
function replaceable(file: string): string {
  rmSync(file);
  return file;
}

function storedBytes(): number {
  return packs(place.store).reduce((sum, file) => sum + readFileSync(file).length, 0);
}

function newestAside(): number {
  const dir = join(place.stateDir, setAside().at(-1) ?? '');
  return packs(dir).reduce((sum, file) => sum + readFileSync(file).length, 0);
}
