import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AgeCodec } from '../../../adapters/boxes/age.js';
import { git, noise } from '../git/fixtures.js';
import {
  boxedOver,
  boxLab,
  codecOf,
  commits,
  MANIFEST,
  newKey,
  PART,
  publish,
  readAll,
  sha256,
} from './fixtures.js';

const FILES = {
  empty: '',
  'one byte': 'x',
  'exactly a part': noise(PART, 1),
  'one below': noise(PART - 1, 2),
  'one above': noise(PART + 1, 3),
  'several parts': noise(4 * PART + 17, 4),
  'zeros.bin': Buffer.alloc(3 * PART),
  'notes/ümläut 🗝 "quoted" \'and\' $HOME.md': '# Heading\n',
  'notes/-rf': 'dash',
  'notes/.hidden': 'dot',
  twin: 'x',
} as const;

const FORMS: readonly [string, () => Promise<'parts' | AgeCodec>][] = [
  ['parts', () => Promise.resolve('parts')],
  ['age', async () => codecOf(await newKey())],
];

describe.each(FORMS)('boxes (%s)', (kind, open) => {
  it.each(['', 'home/'])('give back every byte of every file, under the prefix %j', async (prefix) => {
    const codec = await open();
    const at = await boxLab(codec, prefix);
    const { staged, published } = await publish(at, FILES);
    const fresh = boxedOver(at.inner, at, codec);
    const expected = new Map(Object.entries(FILES).map(([name, bytes]) => [prefix + name, sha256(bytes)]));
    expected.set(prefix + MANIFEST, sha256('manifest of run\n'));
    expect(await readAll(fresh)).toEqual(expected);
    const listed = await fresh.list(published.commit);
    expect(listed.map(({ path: name }) => name)).toEqual([...expected.keys()].sort(byBytes));
    for (const { path: name, oid, size } of staged) {
      expect(listed).toContainEqual({ path: prefix + name, oid, size, mode: '100644' });
    }
    expect(readdirSync(path.join(at.dir, 'boxes'))).toEqual([]);
  });

  it('make no commit when nothing has changed', async () => {
    const codec = await open();
    const at = await boxLab(codec);
    const first = await publish(at, FILES);
    const again = await publish({ ...at, destination: boxedOver(at.inner, at, codec) }, FILES);
    expect(again.change.missing).toEqual(kind === 'parts' ? large(first.staged) : []);
    // A caller that sends parts again cannot be told from one that must: what counts is the tree.
    expect(again.published.tree).toBe(first.published.tree);
    if (kind === 'age') expect(commits(at.store)).toBe(1);
  });

  it('keep what is outside the prefix, and what older commits hold', async () => {
    const codec = await open();
    const at = await boxLab(codec, 'home/');
    const outside = await boxLab('parts', 'other/', { ...at, destination: otherPrefix(at.inner) });
    await publish({ ...outside, destination: outside.inner }, { theirs: 'theirs' }, 'theirs');
    const { published } = await publish(at, { a: 'old a', b: noise(2 * PART) });
    await publish(at, { a: 'new a' }, 'next');
    expect([...(await readAll(at.destination)).keys()].sort()).toContain('other/theirs');
    const old = boxedOver(at.inner, at, codec);
    const file = (await old.list(published.commit)).find(({ path: name }) => name === 'home/b');
    const read = [];
    for await (const blob of old.read([{ oid: file?.oid ?? '', size: 0 }], undefined, published.commit)) {
      if ('chunks' in blob) for await (const chunk of blob.chunks) read.push(chunk);
    }
    expect(sha256(Buffer.concat(read))).toBe(sha256(noise(2 * PART)));
  });
});

describe('parts', () => {
  it('pass everything else through: without a large file the tree is as it would be without boxes', async () => {
    const small = { a: 'a', 'b/c': 'c' };
    const plain = await boxLab('parts');
    const boxed = await boxLab('parts');
    const one = await publish({ ...plain, destination: plain.inner }, small);
    const two = await publish(boxed, small);
    expect(two.published).toEqual(one.published);
  });

  it('are slices that cat puts together', async () => {
    const at = await boxLab('parts');
    const { staged } = await publish(at, { large: noise(2 * PART + 5) });
    const dir = `.nxs/parts/${staged[0]?.oid ?? ''}`;
    const names = git(at.store, 'ls-tree', '--name-only', `main:${dir}`).trim().split('\n');
    expect(names).toEqual(['0001', '0002', '0003']);
    const sizes = names.map((name) => Number(git(at.store, 'cat-file', '-s', `main:${dir}/${name}`)));
    expect(sizes).toEqual([PART, PART, 5]);
  });
});

function large(staged: readonly { readonly oid: string; readonly size: number }[]): string[] {
  return [...new Set(staged.filter(({ size }) => size > PART).map(({ oid }) => oid))];
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function otherPrefix<T extends { readonly prefix: string }>(destination: T): T {
  return { ...destination, prefix: 'other/' };
}
