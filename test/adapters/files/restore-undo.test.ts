import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restoreFiles } from '../../../adapters/files/restore-files.js';
import { listUndos, pruneUndos, undoRestore } from '../../../adapters/files/undo.js';
import { directorySource, makeBackup, treeOf } from './restore-support/source.js';

const START = Date.UTC(2026, 10, 23);
let scratch: string;
let target: string;
let undoDir: string;
let now: number;

beforeEach(async () => {
  now = START;
  scratch = await mkdtemp(join(tmpdir(), 'nxs-undo-'));
  target = join(scratch, 'target');
  undoDir = join(scratch, 'undo');
  await mkdir(join(target, 'd'), { recursive: true });
  await writeFile(join(target, 'd/old'), 'mine', { mode: 0o640 });
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

function clock(): number {
  return (now += 1000);
}

async function restore(id: string, contents: Readonly<Record<string, string>>) {
  const objects = join(scratch, 'objects');
  const files = await makeBackup(objects, contents);
  return restoreFiles({ id, files, source: directorySource(objects), target, undoDir, clock });
}

function undo(id: string, of: string) {
  return undoRestore({ id, of, undoDir, clock });
}

describe('an undo', () => {
  it('gives back what was replaced, with its permissions, and removes what was created', async () => {
    await restore('r1', { 'd/old': 'theirs', 'd/new': 'created' });
    const report = await undo('u1', 'latest');
    expect(report).toMatchObject({ undoes: 'r1', target, counts: { restored: 2, kept: 0 } });
    expect(await treeOf(target)).toEqual({ 'd/old': 'mine' });
    expect((await stat(join(target, 'd/old'))).mode & 0o777).toBe(0o640);
  });

  it('leaves files that were changed or removed since, and names them', async () => {
    await restore('r1', { 'd/old': 'theirs', new1: '1', new2: '2' });
    await writeFile(join(target, 'd/old'), 'edited since');
    await writeFile(join(target, 'new1'), 'edited too');
    await rm(join(target, 'new2'));
    const report = await undo('u1', 'r1');
    expect(report.counts).toMatchObject({ kept: 2, same: 1, restored: 0 });
    expect(report.files.find(({ path }) => path === 'd/old')?.reason).toBe('it was changed since');
    expect(await treeOf(target)).toEqual({ 'd/old': 'edited since', new1: 'edited too' });
  });

  it('can be undone, and that again', async () => {
    await restore('r1', { 'd/old': 'theirs', new: 'created' });
    const restored = await treeOf(target);
    await undo('u1', 'latest');
    expect(await undo('u2', 'latest')).toMatchObject({ undoes: 'u1', counts: { restored: 2 } });
    expect(await treeOf(target)).toEqual(restored);
    expect(await undo('u3', 'latest')).toMatchObject({ undoes: 'u2' });
    expect(await treeOf(target)).toEqual({ 'd/old': 'mine' });
  });

  it('repeated under its id is the same undo', async () => {
    await restore('r1', { 'd/old': 'theirs' });
    const first = await undo('u1', 'latest');
    expect(await undo('u1', 'latest')).toEqual(first);
  });

  it('never writes a kept copy that does not verify any more', async () => {
    await restore('r1', { 'd/old': 'theirs' });
    await writeFile(join(undoDir, 'r1/files/d/old'), 'rot!');
    expect((await undo('u1', 'r1')).counts).toMatchObject({ unverified: 1 });
    expect(await readFile(join(target, 'd/old'), 'utf8')).toBe('theirs');
  });

  it('of nothing is an error', async () => {
    await expect(undo('u1', 'latest')).rejects.toMatchObject({ code: 'NOTHING_TO_RESTORE' });
    await expect(undo('u1', 'nope')).rejects.toMatchObject({ code: 'NOTHING_TO_RESTORE' });
  });
});

describe('kept copies', () => {
  it('are listed newest first and go after their time', async () => {
    await restore('r1', { 'd/old': 'one' });
    now += 86_400_000;
    await restore('r2', { 'd/old': 'two', x: 'x' });
    expect(await listUndos(undoDir)).toMatchObject([
      { id: 'r2', files: 2, finished: true, undoes: null, target },
      { id: 'r1', files: 1 },
    ]);
    expect(await pruneUndos(undoDir, START + 43_200_000)).toEqual(['r1']);
    expect((await listUndos(undoDir)).map(({ id }) => id)).toEqual(['r2']);
    expect(await pruneUndos(join(scratch, 'absent'), now)).toEqual([]);
  });
});
