import { execFileSync } from 'node:child_process';

import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { git, noise } from '../git/fixtures.js';
import {
  boxedOver,
  boxLab,
  codecOf,
  newKey,
  PART,
  publish,
  readAll,
  sha256,
  type BoxLab,
} from './fixtures.js';

/** Puts other bytes of the same length where the object is: what a disk does that rots without a word. */
function rot(store: string, oid: string): void {
  const env = { PATH: process.env['PATH'], GIT_DIR: store };
  unpack(store, env);
  const at = path.join(store, 'objects', oid.slice(0, 2), oid.slice(2));
  const bytes = Buffer.from(git(store, 'cat-file', '-s', oid));
  const size = Number(bytes.toString().trim());
  chmodSync(at, 0o644);
  writeFileSync(at, deflateSync(Buffer.concat([Buffer.from(`blob ${size}\0`), Buffer.alloc(size, 7)])));
}

/** Packs into single objects, so that one can be reached. */
function unpack(store: string, env: NodeJS.ProcessEnv): void {
  const dir = path.join(store, 'objects', 'pack');
  const packs = readdirSync(dir).filter((name) => name.endsWith('.pack'));
  for (const name of packs) {
    const bytes = readFileSync(path.join(dir, name));
    for (const each of readdirSync(dir).filter((other) => other.startsWith(name.replace(/\.pack$/, '.')))) {
      rmSync(path.join(dir, each), { force: true });
    }
    unpackObjects(env, bytes);
  }
}

function boxesOf(at: BoxLab): { oid: string; size: number; path: string }[] {
  const rows = git(at.store, 'ls-tree', '-r', '-l', 'main', '.nxs/age', '.nxs/parts').trim().split('\n');
  return rows.map((row) => {
    const [, oid = '', size = '', name = ''] = /^\d+ blob (\w+) +(\d+)\t(.*)$/.exec(row) ?? [];
    return { oid, size: Number(size), path: name };
  });
}

const FILES = { a: 'a'.repeat(1000), b: 'b'.repeat(2000), large: noise(2 * PART + 50_000) };

describe('a byte that rots in an encrypted store', () => {
  it.each([
    ['a', (size: number) => size > 1000 && size < 2000],
    ['large', (size: number) => size === PART],
  ])('is told of exactly the file %s, and healed', async (name, isIts) => {
    const at = await boxLab(codecOf(await newKey()));
    const { stage, staged, published } = await publish(at, FILES);
    const box = boxesOf(at).find(({ size }) => isIts(size));
    rot(at.store, box?.oid ?? '');
    const good = await readAll(boxedOver(at.inner, at, codecOf(await newKey()))).catch(() => null);
    expect(good).toBeNull();
    const found = await readAll(at.destination);
    expect(
      [...found].filter(([, hash]) => hash === 'corrupt' || hash === 'cut').map(([file]) => file),
    ).toEqual([name]);
    const oid = staged.find((file) => file.path === name)?.oid ?? '';
    const healing = { oids: [oid], commit: published.commit, at: '2026-11-20T11:00:00Z', author: 'home' };
    const healed = await at.destination.heal(healing, stage);
    expect(healed).toMatchObject({ note: '1 file encrypted anew and stored again', fallback: 0 });
    expect((await at.destination.head())?.commit).toBe(healed.commit);
    const back = await readAll(at.destination);
    for (const [file, bytes] of Object.entries(FILES)) expect(back.get(file)).toBe(sha256(bytes));
  });
});

describe('an index that rots', () => {
  it.each(['age', 'parts'] as const)(
    'is rebuilt in place where the store keeps a copy (%s)',
    async (kind) => {
      const codec = kind === 'age' ? codecOf(await newKey()) : kind;
      const at = await boxLab(codec);
      const { stage, published } = await publish(at, FILES);
      const name = kind === 'age' ? '.nxs/boxes.age' : '.nxs/boxes.ndjson';
      rot(at.store, git(at.store, 'rev-parse', `main:${name}`).trim());
      await expect(at.destination.list(published.commit)).rejects.toMatchObject({
        code: 'DESTINATION_UNREADABLE',
      });
      const healing = { oids: [], commit: null, at: '2026-11-20T11:00:00Z', author: 'home' };
      expect((await at.destination.heal(healing, stage)).commit).toBeNull();
      expect((await readAll(at.destination)).get('large')).toBe(sha256(FILES.large));
    },
  );

  it.each(['age', 'parts'] as const)(
    'is given up in a commit of its own where there is none (%s)',
    async (kind) => {
      const codec = kind === 'age' ? codecOf(await newKey()) : kind;
      const at = await boxLab(codec, 'home/');
      const { stage, published } = await publish(at, FILES);
      const name = kind === 'age' ? 'home/.nxs/boxes.age' : 'home/.nxs/boxes.ndjson';
      rot(at.store, git(at.store, 'rev-parse', `main:${name}`).trim());
      rmSync(path.join(at.store, 'nxs'), { recursive: true });
      const healing = { oids: [], commit: null, at: '2026-11-20T11:00:00Z', author: 'home' };
      const healed = await at.destination.heal(healing, stage);
      expect(healed.note).toMatch(/goes on without it/);
      expect(git(at.store, 'rev-parse', 'main~1').trim()).toBe(published.commit);
      // Later: what says the same under the same id would find the broken object again.
      await publish(at, FILES, 'again', 'again', 1);
      const back = await readAll(at.destination);
      for (const [file, bytes] of Object.entries(FILES)) expect(back.get(`home/${file}`)).toBe(sha256(bytes));
    },
  );
});

function unpackObjects(env: NodeJS.ProcessEnv, input: Buffer): void {
  execFileSync('git', ['unpack-objects', '-q'], { env, input });
}
