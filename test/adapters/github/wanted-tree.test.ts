import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeBareRepository } from '../../../adapters/git/bare.js';
import { blobId } from '../../../adapters/github/bytes.js';
import { exchangesKinds, wantedTree, type Placed } from '../../../adapters/github/wanted-tree.js';
import type { Change, TreeEntry } from '../../../domain/backup/ports.js';
import { scratch } from '../git/fixtures.js';

const segment = fc.constantFrom('a', 'b', 'a-b', 'a.b', 'ü', 'x y');
const oid = fc.constantFrom('1', '2', '3').map((text) => blobId(Buffer.from(text)));
const mode = fc.constantFrom('100644' as const, '100755' as const);

/** Files of which none is a directory of another. */
const files = fc
  .array(fc.record({ names: fc.array(segment, { minLength: 1, maxLength: 3 }), oid, mode }), {
    maxLength: 10,
  })
  .map((rows) => {
    const taken: (Placed & { mode: '100644' | '100755' })[] = [];
    for (const { names, ...rest } of rows) {
      const path = names.join('/');
      const clash = taken.some(
        (one) => one.path === path || one.path.startsWith(`${path}/`) || path.startsWith(`${one.path}/`),
      );
      if (!clash) taken.push({ path, ...rest });
    }
    return taken;
  });

const MANIFEST = { path: '.nxs/manifest.ndjson', bytes: Buffer.from('manifest\n') };

function changeTo(wanted: readonly Omit<TreeEntry, 'size'>[], prefix: string): Change {
  return {
    ...{ parent: null, present: null, missing: [], message: 'm', at: '2026-01-01T00:00:00Z', author: 'home' },
    prefix,
    entries: wanted.map((file) => ({ ...file, path: prefix + file.path, size: 1 })),
    extra: [{ ...MANIFEST, path: prefix + MANIFEST.path }],
  };
}

describe('the wanted tree', () => {
  it('has the id that git itself comes to, and its steps lead there from any tree', async () => {
    const repository = `${scratch()}/r.git`;
    await writeBareRepository(repository, 'main');
    const env = {
      PATH: process.env['PATH'],
      GIT_DIR: repository,
      GIT_INDEX_FILE: `${repository}/index`,
      LC_ALL: 'C',
    };
    const treeOf = (rows: readonly Placed[]): string => {
      const input = rows.map((row) => `${row.mode} ${row.oid} 0\t${row.path}\0`).join('');
      execFileSync('git', ['read-tree', '--empty'], { env });
      execFileSync('git', ['update-index', '-z', '--index-info'], { env, input });
      return execFileSync('git', ['write-tree', '--missing-ok'], { env, encoding: 'utf8' }).trim();
    };
    fc.assert(
      fc.property(files, files, fc.constantFrom('', 'home/'), (before, after, prefix) => {
        const outside: Placed[] =
          prefix === '' ? [] : [{ path: 'README.md', oid: blobId(Buffer.from('r')), mode: '100644' }];
        const present = [...before.map((file) => ({ ...file, path: prefix + file.path })), ...outside];
        const tree = wantedTree(changeTo(after, prefix), present);
        const manifest = { path: prefix + MANIFEST.path, oid: blobId(MANIFEST.bytes), mode: '100644' };
        const expected = [
          ...after.map((file) => ({ ...file, path: prefix + file.path })),
          manifest,
          ...outside,
        ];
        expect(tree.root).toBe(treeOf(expected));
        const grown = new Map(present.map((file) => [file.path, file]));
        for (const path of tree.removals) grown.delete(path);
        for (const put of tree.upserts) grown.set(put.path, put);
        expect(treeOf([...grown.values()])).toBe(tree.root);
        expect(tree.removals.every((path) => path.startsWith(prefix))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('asks for nothing where nothing differs, and for a change of mode alone', () => {
    const one: Placed & { mode: '100644' } = { path: 'a', oid: blobId(Buffer.from('1')), mode: '100644' };
    const manifest = { path: MANIFEST.path, oid: blobId(MANIFEST.bytes), mode: '100644' };
    expect(wantedTree(changeTo([one], ''), [one, manifest])).toMatchObject({ upserts: [], removals: [] });
    const run = wantedTree(changeTo([{ ...one, mode: '100755' }], ''), [one, manifest]);
    expect(run.upserts).toEqual([{ ...one, mode: '100755' }]);
  });

  it.each([
    ['a', 'a/b', true],
    ['a/b', 'a', true],
    ['a', 'ab/c', false],
    ['a/b', 'a/c', false],
  ])('from the file %s to the file %s exchanges a file and a directory: %s', (from, to, exchanged) => {
    const file = { oid: blobId(Buffer.from('1')), mode: '100644' as const };
    const tree = wantedTree(changeTo([{ ...file, path: to }], ''), [{ ...file, path: from }]);
    expect(exchangesKinds(tree)).toBe(exchanged);
  });
});
