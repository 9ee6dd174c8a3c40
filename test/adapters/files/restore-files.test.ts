import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restoreFiles } from '../../../adapters/files/restore-files.js';
import type { RestoreFile, RestoreOptions } from '../../../adapters/files/restore-files.js';
import { listUndos } from '../../../adapters/files/undo.js';
import { directorySource, makeBackup, treeOf } from './restore-support/source.js';

let scratch: string;
let objects: string;
let target: string;
let undoDir: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'nxs-restore-'));
  objects = join(scratch, 'objects');
  target = join(scratch, 'target');
  undoDir = join(scratch, 'undo');
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

function restore(files: readonly RestoreFile[], options: Partial<RestoreOptions> = {}) {
  return restoreFiles({ id: 'r1', files, source: directorySource(objects), target, undoDir, ...options });
}

describe('a restore', () => {
  it('brings back identical bytes under any name', async () => {
    const big = Buffer.alloc(20 * 1024 * 1024, 7);
    for (let at = 0; at < big.length; at += 4099) big[at] = at % 251;
    const contents: Record<string, string | Buffer> = {
      empty: '',
      'binary/all bytes': Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256)),
      'with space/and  more.txt': 'space',
      'caf\u00e9.md': 'composed',
      'cafe\u0301.md': 'decomposed',
      '🦾/🧠.md': 'emoji',
      '-rf': 'leading dash',
      ['n'.repeat(255)]: 'long name',
      'big.bin': big,
      'twice.txt': 'space',
    };
    const report = await restore(await makeBackup(objects, contents));
    expect(report.counts).toEqual({ restored: 10, same: 0, refused: 0, unverified: 0, kept: 0 });
    const tree = await treeOf(target);
    const wanted = Object.fromEntries(
      Object.entries(contents).map(([path, bytes]) => [
        path,
        Buffer.from(bytes as string).toString('latin1'),
      ]),
    );
    expect(Object.keys(tree).sort()).toEqual(Object.keys(wanted).sort());
    for (const [path, bytes] of Object.entries(wanted)) expect(tree[path] === bytes, path).toBe(true);
    expect(await readdir(target)).not.toContain('.nxs-restore-r1');
  });

  it('repeated changes nothing and says so', async () => {
    const files = await makeBackup(objects, { a: '1', 'd/b': '2' });
    const first = await restore(files);
    expect(await restore(files)).toEqual(first);
    const again = await restore(files, { id: 'r2' });
    expect(again.counts).toMatchObject({ same: 2, restored: 0 });
    expect(again.undo).toBeNull();
    expect((await listUndos(undoDir)).map(({ id }) => id)).toEqual(['r1']);
  });

  it('keeps what it replaces, and closed files stay closed', async () => {
    await mkdir(join(target, 'd'), { recursive: true });
    await writeFile(join(target, 'd/a'), 'mine', { mode: 0o600 });
    await writeFile(join(target, 'other'), 'untouched');
    const [file] = await makeBackup(objects, { 'd/a': 'theirs' });
    await restore([{ ...(file as RestoreFile), mode: '100755' }]);
    expect(await readFile(join(target, 'd/a'), 'utf8')).toBe('theirs');
    expect((await stat(join(target, 'd/a'))).mode & 0o777).toBe(0o700);
    expect(await readFile(join(undoDir, 'r1/files/d/a'), 'utf8')).toBe('mine');
    expect(await readFile(join(target, 'other'), 'utf8')).toBe('untouched');
    expect((await stat(undoDir)).mode & 0o777).toBe(0o700);
  });

  it('restores only what is wanted, and refuses a name that matches nothing', async () => {
    const files = await makeBackup(objects, { 'memory/a.md': '1', 'b.md': '2' });
    await expect(restore(files, { wanted: ['memory', 'nope'] })).rejects.toMatchObject({
      code: 'NOTHING_TO_RESTORE',
    });
    await restore(files, { wanted: ['memory'] });
    expect(await treeOf(target)).toEqual({ 'memory/a.md': '1' });
  });

  it('as a dry run changes nothing, not even the target', async () => {
    const files = await makeBackup(objects, { a: '1', b: '2' });
    const report = await restore(files, { dryRun: true });
    expect(report).toMatchObject({ dryRun: true, counts: { restored: 2 }, bytes: 0, undo: null });
    await expect(stat(target)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(stat(undoDir)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('that is cancelled places nothing more and leaves no staging', async () => {
    const files = await makeBackup(objects, { a: '1', b: '2' });
    const controller = new AbortController();
    controller.abort();
    await expect(restore(files, { signal: controller.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await treeOf(target)).toEqual({});
  });

  it('clears what a dead restore left in the target', async () => {
    await mkdir(join(target, '.nxs-restore-dead'), { recursive: true });
    await writeFile(join(target, '.nxs-restore-dead/1'), 'half');
    await restore(await makeBackup(objects, { a: '1' }));
    expect(await readdir(target)).toEqual(['a']);
  });

  it('refuses an id that would leave the undo directory', async () => {
    const files = await makeBackup(objects, { a: '1' });
    await expect(restore(files, { id: '../x' })).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('bytes that do not verify', () => {
  it('are never written: flipped, short, long, missing, broken off', async () => {
    const contents = {
      flipped: 'abcdef',
      short: 'ghijkl',
      long: 'mnopqr',
      missing: 'stuvwx',
      broken: 'broken',
      good: 'good',
    };
    const files = await makeBackup(objects, contents);
    const oid = (path: string): string => files.find((file) => file.path === path)?.oid ?? '';
    await writeFile(join(objects, oid('flipped')), 'abcdeg');
    await writeFile(join(objects, oid('short')), 'ghi');
    await writeFile(join(objects, oid('long')), 'mnopqrs');
    await rm(join(objects, oid('missing')));
    const source = directorySource(objects);
    const breaking: RestoreOptions['source'] = {
      async *read(wanted, signal) {
        for await (const blob of source.read(wanted, signal)) {
          if (blob.oid === oid('broken') && 'chunks' in blob) yield { oid: blob.oid, chunks: breakOff() };
          else yield blob;
        }
      },
    };
    await mkdir(target);
    await writeFile(join(target, 'flipped'), 'the old one');
    const report = await restore(files, { source: breaking });
    expect(report.counts).toMatchObject({ unverified: 5, restored: 1 });
    expect(await treeOf(target)).toEqual({ flipped: 'the old one', good: 'good' });
    for (const { reason, outcome } of report.files) if (outcome === 'unverified') expect(reason).toBeTruthy();
  });

  it('do not stop the files behind them when the source dies at one', async () => {
    const files = await makeBackup(objects, { a: '1', b: '2', c: '3' });
    const source = directorySource(objects);
    let calls = 0;
    const dying: RestoreOptions['source'] = {
      async *read(wanted, signal) {
        calls += 1;
        for await (const blob of source.read(wanted, signal)) {
          yield blob;
          if (calls === 1) throw new Error('the process behind it died');
        }
      },
    };
    expect((await restore(files, { source: dying })).counts).toMatchObject({ restored: 3 });
    expect(calls).toBe(2);
  });

  it('from a source that gives nothing at all are its error, and nothing was changed', async () => {
    const files = await makeBackup(objects, { a: '1' });
    const dead: RestoreOptions['source'] = {
      async *read() {
        await Promise.resolve();
        throw new Error('cannot start');
      },
    };
    await expect(restore(files, { source: dead })).rejects.toThrow('cannot start');
    expect(await readdir(target)).toEqual([]);
  });
});

describe('what is in the way', () => {
  it('is refused with a reason: links, directories, files where directories belong', async () => {
    const outside = join(scratch, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'secret'), 'secret');
    await mkdir(join(target, 'directory'), { recursive: true });
    await symlink(outside, join(target, 'linked'));
    await symlink(join(outside, 'secret'), join(target, 'link'));
    await writeFile(join(target, 'file'), 'file');
    const files = await makeBackup(objects, {
      'linked/x': '1',
      'linked/secret': '2',
      link: '3',
      directory: '4',
      'file/below': '5',
      ok: '6',
    });
    const report = await restore([...files, { ...(files[0] as RestoreFile), path: '../escaped' }]);
    expect(report.counts).toMatchObject({ refused: 6, restored: 1 });
    expect(report.files.find(({ path }) => path === 'linked/x')?.reason).toContain(
      'links are never followed',
    );
    expect(await treeOf(outside)).toEqual({ secret: 'secret' });
    expect(await readdir(scratch)).not.toContain('escaped');
    expect(await readFile(join(target, 'file'), 'utf8')).toBe('file');
  });

  it('is not followed when a directory is swapped for a link while the bytes are read', async () => {
    const outside = join(scratch, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'a'), 'outside');
    await mkdir(join(target, 'd'), { recursive: true });
    await writeFile(join(target, 'd/a'), 'old');
    const files = await makeBackup(objects, { 'd/a': 'new' });
    const source = directorySource(objects);
    const swapping: RestoreOptions['source'] = {
      async *read(wanted, signal) {
        await rm(join(target, 'd'), { recursive: true });
        await symlink(outside, join(target, 'd'));
        yield* source.read(wanted, signal);
      },
    };
    const report = await restore(files, { source: swapping });
    expect(report.files).toMatchObject([
      { outcome: 'refused', reason: 'd is a link, and links are never followed' },
    ]);
    expect(await treeOf(outside)).toEqual({ a: 'outside' });
  });

  it('made or changed while the bytes were read is kept before it is replaced', async () => {
    await mkdir(target);
    await writeFile(join(target, 'changed'), 'before');
    const files = await makeBackup(objects, { made: 'backup', changed: 'backup too' });
    const source = directorySource(objects);
    const meddling: RestoreOptions['source'] = {
      async *read(wanted, signal) {
        await writeFile(join(target, 'made'), 'made meanwhile');
        await writeFile(join(target, 'changed'), 'changed meanwhile');
        yield* source.read(wanted, signal);
      },
    };
    expect((await restore(files, { source: meddling })).counts).toMatchObject({ restored: 2 });
    expect(await treeOf(target)).toEqual({ made: 'backup', changed: 'backup too' });
    expect(await treeOf(join(undoDir, 'r1/files'))).toEqual({
      made: 'made meanwhile',
      changed: 'changed meanwhile',
    });
  });
});

async function* breakOff(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('bro'));
  throw new Error('the connection was reset');
}
