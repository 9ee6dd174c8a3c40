import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restoreFiles } from '../../../adapters/files/restore-files.js';
import type { RestoreFile } from '../../../adapters/files/restore-files.js';
import { undoRestore } from '../../../adapters/files/undo.js';
import { bundleScript, runScript, until } from '../journal/support/run-script.js';
import { directorySource, makeBackup, treeOf } from './restore-support/source.js';

const ROUNDS = process.env['NXS_TEST_LONG'] === '1' ? 100 : 6;
const FILES = 60;
let scratch: string;
let script: string;
let files: RestoreFile[];
const old: Record<string, string> = {};
const wanted: Record<string, string> = {};

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'nxs-crash-'));
  script = bundleScript(
    join(import.meta.dirname, 'restore-support/restorer.ts'),
    join(scratch, 'restorer.mjs'),
  );
  for (let number = 0; number < FILES; number += 1) {
    const path = `d${number % 7}/f${number}`;
    // Every third file is new, the others replace an old one.
    if (number % 3 !== 0) old[path] = `old ${number}`.repeat(50);
    wanted[path] = `new ${number}`.repeat(60);
  }
  files = await makeBackup(join(scratch, 'objects'), wanted);
  await writeFile(join(scratch, 'manifest.json'), JSON.stringify(files));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

interface Place {
  readonly target: string;
  readonly undoDir: string;
}

async function freshPlace(name: string): Promise<Place> {
  const place = { target: join(scratch, name, 'target'), undoDir: join(scratch, name, 'undo') };
  for (const [path, content] of Object.entries(old)) {
    await mkdir(dirname(join(place.target, path)), { recursive: true });
    await writeFile(join(place.target, path), content);
  }
  return place;
}

/** After so many placed files, or after so many ms from its start. */
type Moment = { readonly files: number } | { readonly ms: number };

function momentOf(round: number): Moment {
  const seed = (round * 7_919 + 13) % 997;
  return round % 2 === 0 ? { files: seed % FILES } : { ms: 30 + (seed % 150) };
}

async function killed(moment: Moment, place: Place, id: string, undoes = ''): Promise<void> {
  const args = [
    join(scratch, 'manifest.json'),
    join(scratch, 'objects'),
    place.target,
    place.undoDir,
    id,
    undoes,
  ];
  const running = runScript(script, args);
  const started = performance.now();
  const placed = (): number => running.lines().filter((line) => line.startsWith('place')).length;
  let over = false;
  void running.ended.then(() => (over = true));
  await until(
    () => over || ('files' in moment ? placed() >= moment.files : performance.now() - started > moment.ms),
  );
  running.child.kill('SIGKILL');
  await running.ended;
}

/** Outside of our own names, each file is the old one or the new one, byte for byte. */
async function expectOldOrNew(place: Place): Promise<void> {
  for (const [path, content] of Object.entries(await treeOf(place.target))) {
    if (path.startsWith('.nxs-')) continue;
    expect([old[path], wanted[path]]).toContain(content);
  }
  const tree = await treeOf(place.target);
  for (const path of Object.keys(old)) expect(Object.keys(tree)).toContain(path);
}

describe('kill -9 at any moment', () => {
  it('of a restore leaves each file old or new; repeated it completes, and the undo gives back the old ones', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const place = await freshPlace(`restore-${round}`);
      await killed(momentOf(round), place, 'r1');
      await expectOldOrNew(place);
      const source = directorySource(join(scratch, 'objects'));
      const report = await restoreFiles({ id: 'r1', files, source, ...place });
      expect(report.counts, `round ${round}`).toEqual({
        restored: FILES,
        same: 0,
        refused: 0,
        unverified: 0,
        kept: 0,
      });
      expect(await treeOf(place.target)).toEqual(wanted);
      await undoRestore({ id: 'u1', of: 'r1', undoDir: place.undoDir });
      expect(await treeOf(place.target)).toEqual(old);
    }
  });

  it('of an undo is completed by the same undo', async () => {
    for (let round = 0; round < Math.ceil(ROUNDS / 2); round += 1) {
      const place = await freshPlace(`undo-${round}`);
      await restoreFiles({ id: 'r1', files, source: directorySource(join(scratch, 'objects')), ...place });
      await killed(momentOf(round), place, 'u1', 'latest');
      const report = await undoRestore({ id: 'u1', of: 'latest', undoDir: place.undoDir });
      expect(report.undoes).toBe('r1');
      expect(await treeOf(place.target)).toEqual(old);
    }
  });

  it('of a restore that is not repeated is undone from its record', async () => {
    const place = await freshPlace('abandoned');
    await killed({ files: 20 }, place, 'r1');
    await undoRestore({ id: 'u1', of: 'r1', undoDir: place.undoDir });
    expect(await treeOf(place.target)).toEqual(old);
  });
});

describe('a small disk', () => {
  const small = process.getuid?.() === 0 && process.platform === 'linux';

  async function onDisk(name: string, size: string, use: (disk: string) => Promise<void>): Promise<void> {
    const disk = join(scratch, name);
    await mkdir(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk]);
    try {
      await use(disk);
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  }

  it.skipIf(!small)(
    'that is full while staging leaves every file as it was (needs root for a small tmpfs)',
    async () => {
      await onDisk('full', '1m', async (disk) => {
        await writeFile(join(disk, 'a'), 'old');
        const objects = join(scratch, 'big-objects');
        const big = await makeBackup(objects, { a: 'new', b: Buffer.alloc(3 * 1024 * 1024, 1) });
        const options = {
          id: 'r1',
          files: big,
          source: directorySource(objects),
          undoDir: join(scratch, 'full-undo'),
        };
        await expect(restoreFiles({ ...options, target: disk })).rejects.toMatchObject({
          code: 'DESTINATION_UNWRITABLE',
          message: expect.stringContaining('ENOSPC') as string,
        });
        expect(await treeOf(disk)).toEqual({ a: 'old' });
      });
    },
  );

  it.skipIf(!small)(
    'of its own for the target has its old files copied to the undo directory (needs root)',
    async () => {
      await onDisk('other', '4m', async (disk) => {
        await mkdir(join(disk, 'd1'));
        await writeFile(join(disk, 'd1/f1'), 'old', { mode: 0o640 });
        const undoDir = join(scratch, 'other-undo');
        await restoreFiles({
          id: 'r1',
          files,
          source: directorySource(join(scratch, 'objects')),
          target: disk,
          undoDir,
        });
        expect(await treeOf(disk)).toEqual(wanted);
        await undoRestore({ id: 'u1', of: 'r1', undoDir });
        expect(await treeOf(disk)).toEqual({ 'd1/f1': 'old' });
      });
    },
  );

  it.skipIf(!small)(
    'mounted inside the target gets its files by a rename on its own device (needs root)',
    async () => {
      const target = join(scratch, 'mixed');
      await mkdir(target);
      await onDisk('mixed/d1', '4m', async () => {
        const undoDir = join(scratch, 'mixed-undo');
        const report = await restoreFiles({
          id: 'r1',
          files,
          source: directorySource(join(scratch, 'objects')),
          target,
          undoDir,
        });
        expect(report.counts).toMatchObject({ restored: FILES });
        expect(await treeOf(target)).toEqual(wanted);
      });
    },
  );

  it.skipIf(!small)(
    'is not needed: a bind mount, which has the same device number, gets its files too (needs root)',
    async () => {
      const target = join(scratch, 'bound');
      const elsewhere = join(scratch, 'elsewhere');
      await mkdir(join(target, 'd1'), { recursive: true });
      await mkdir(elsewhere);
      await writeFile(join(elsewhere, 'f1'), 'old');
      execFileSync('mount', ['--bind', elsewhere, join(target, 'd1')]);
      try {
        const source = directorySource(join(scratch, 'objects'));
        const undoDir = join(scratch, 'bound-undo');
        await restoreFiles({ id: 'r1', files, source, target, undoDir });
        expect(await treeOf(target)).toEqual(wanted);
        await undoRestore({ id: 'u1', of: 'r1', undoDir });
        expect(await treeOf(target)).toEqual({ 'd1/f1': 'old' });
      } finally {
        execFileSync('umount', ['-l', join(target, 'd1')]);
      }
    },
  );
});
