// Real files and a real stat cache. Rot is played by writing other bytes and setting the time back, as no program would.
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { hashBytes } from '../../../adapters/files/hash.js';
import { openIntegrity } from '../../../adapters/files/integrity.js';
import { openNdjsonFiles } from '../../../adapters/files/ndjson.js';
import { type CachedFile, saveStatCache } from '../../../adapters/files/stat-cache.js';
import { statLine } from '../../../adapters/files/stat-key.js';

const scratch = mkdtempSync(join(tmpdir(), 'nxs-integrity-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const NEVER = new AbortController().signal;
const ALL = 1e9;
/** Whole seconds, so that it can be set back to the nanosecond. */
const TIME = 1_700_000_000;

let data: string;
let cacheFile: string;
beforeEach(() => {
  const dir = mkdtempSync(join(scratch, 'node-'));
  data = join(dir, 'data');
  cacheFile = join(dir, 'state/stat-cache.ndjson');
  mkdirSync(data);
});

const at = (path: string) => join(data, path);

function put(path: string, text: string | Buffer): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
  utimesSync(at(path), TIME, TIME);
}

/** What a backup would have kept of the files, as they are now. */
async function backUp(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) put(path, text);
  const entries = Object.entries(files).map(([path, text]): CachedFile => ({
    path,
    stat: statLine(lstatSync(at(path), { bigint: true })),
    ...hashBytes(Buffer.from(text)),
  }));
  await saveStatCache(openNdjsonFiles(), cacheFile, entries);
}

/** One byte is another, and no stamp that a program can set tells of it. */
function rot(path: string): void {
  const file = openSync(at(path), 'r+');
  writeSync(file, Buffer.from([0xff]), 0, 1, 0);
  closeSync(file);
  utimesSync(at(path), TIME, TIME);
}

describe('the content of a file', () => {
  it('is damaged when bytes are others at the same size, time and inode', async () => {
    await backUp({ 'a/sound': 'sound', 'a/rotten': 'rotten', empty: '' });
    const integrity = openIntegrity(data, cacheFile);
    expect(await integrity.next(ALL, NEVER)).toEqual({ looked: 3, damaged: [] });
    rot('a/rotten');
    expect(await integrity.next(ALL, NEVER)).toEqual({ looked: 3, damaged: ['a/rotten'] });
    expect(await integrity.of(['a/rotten', 'a/sound'])).toEqual({ looked: 2, damaged: ['a/rotten'] });
    put('a/rotten', 'rotten');
    expect(await integrity.of(['a/rotten'])).toEqual({ looked: 1, damaged: [] });
  });

  it('is damaged all the same after a mere chmod', async () => {
    await backUp({ rotten: 'rotten' });
    rot('rotten');
    chmodSync(at('rotten'), 0o640);
    expect((await openIntegrity(data, cacheFile).of(['rotten'])).damaged).toEqual(['rotten']);
  });

  it('is not damaged when somebody wrote, grew, replaced or removed it', async () => {
    const files = ['written', 'grown', 'replaced', 'removed', 'link', 'directory'];
    await backUp(Object.fromEntries(files.map((name) => [name, `the ${name} text`])));
    writeFileSync(at('written'), 'THE written text');
    writeFileSync(at('grown'), 'the grown text, and more');
    utimesSync(at('grown'), TIME, TIME);
    put('other', 'THE replaced text');
    renameSync(at('other'), at('replaced'));
    for (const name of ['removed', 'link', 'directory']) rmSync(at(name));
    symlinkSync('replaced', at('link'));
    mkdirSync(at('directory'));
    const integrity = openIntegrity(data, cacheFile);
    expect(await integrity.next(ALL, NEVER)).toEqual({ looked: files.length, damaged: [] });
    expect(await integrity.of(files)).toEqual({ looked: files.length, damaged: [] });
  });

  it('is nothing that is told of a path that no backup knows', async () => {
    await backUp({ known: 'known' });
    put('new', 'new');
    expect((await openIntegrity(data, cacheFile).of(['new', '../outside', 'absent'])).damaged).toEqual([]);
  });
});

describe('what the backup keeps', () => {
  it('is read anew each time: without it nothing is looked at', async () => {
    const integrity = openIntegrity(data, cacheFile);
    expect(await integrity.next(ALL, NEVER)).toEqual({ looked: 0, damaged: [] });
    await backUp({ rotten: 'rotten' });
    rot('rotten');
    expect(await integrity.next(ALL, NEVER)).toEqual({ looked: 1, damaged: ['rotten'] });
    writeFileSync(cacheFile, 'torn');
    expect(await integrity.next(ALL, NEVER)).toEqual({ looked: 0, damaged: [] });
  });

  it('may grow: a file that is new in it has its turn in the same round', async () => {
    await backUp({ b: 'bb', d: 'dd' });
    const integrity = openIntegrity(data, cacheFile);
    expect((await integrity.next(1, NEVER)).looked).toBe(1);
    await backUp({ a: 'aa', b: 'bb', c: 'cc', d: 'dd' });
    rot('c');
    expect((await integrity.next(1, NEVER)).damaged).toEqual(['c']);
  });
});

describe('a share', () => {
  it('is at least one file, also of a large one, and goes round all of them', async () => {
    await backUp({ a: 'a'.repeat(50), b: 'b', c: 'c'.repeat(50) });
    const integrity = openIntegrity(data, cacheFile);
    for (const name of ['a', 'b', 'c']) rot(name);
    const turns = [];
    for (let turn = 0; turn < 6; turn += 1) turns.push((await integrity.next(1, NEVER)).damaged);
    expect(turns).toEqual([['a'], ['b'], ['c'], ['a'], ['b'], ['c']]);
  });

  it('is nothing when it is called off, and loses no turn by it', async () => {
    await backUp({ a: 'a', b: 'b' });
    const integrity = openIntegrity(data, cacheFile);
    rot('a');
    expect(await integrity.next(ALL, AbortSignal.abort())).toEqual({ looked: 0, damaged: [] });
    expect(await integrity.next(1, NEVER)).toEqual({ looked: 1, damaged: ['a'] });
  });

  it('reads about so many bytes, nothing twice, and all within as many rounds as that takes', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 60 }), async (wanted, bytes) => {
        rmSync(data, { recursive: true });
        mkdirSync(data);
        const files = Object.fromEntries(wanted.map((size, index) => [`f${index}`, 'x'.repeat(size)]));
        await backUp(files);
        for (const path of Object.keys(files)) rot(path);
        const integrity = openIntegrity(data, cacheFile);
        const order = Object.keys(files).sort();
        const seen: string[] = [];
        while (seen.length < order.length) {
          const { looked, damaged } = await integrity.next(bytes, NEVER);
          expect(looked).toBe(damaged.length);
          expect(new Set(damaged).size).toBe(looked);
          const read = damaged.map((path) => files[path]!.length);
          const but = read.slice(0, -1).reduce((sum, size) => sum + size, 0);
          expect(but).toBeLessThan(bytes);
          if (looked < order.length) expect(but + read.at(-1)!).toBeGreaterThanOrEqual(bytes);
          seen.push(...damaged);
        }
        expect(seen.slice(0, order.length)).toEqual(order);
      }),
      { numRuns: 40 },
    );
  });
});
