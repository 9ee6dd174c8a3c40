import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeBareRepository } from '../../../adapters/git/bare.js';
import { type TreeNode, parseTree, putFile, treeObjects } from '../../../adapters/git/trees.js';
import { scratch } from './fixtures.js';

const OID = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391';
const segment = fc
  .string({
    unit: fc.constantFrom('a', 'b', '-', '.', '0', ' ', 'é', '🦊', 'A', '~', '"'),
    minLength: 1,
    maxLength: 4,
  })
  .filter((name) => name !== '.' && name !== '..');
const paths = fc.uniqueArray(
  fc.array(segment, { minLength: 1, maxLength: 3 }).map((names) => names.join('/')),
  { maxLength: 12 },
);

function build(list: readonly string[]) {
  const node: TreeNode = new Map();
  const taken: string[] = [];
  for (const path of list) {
    if (taken.some((other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`))) continue;
    putFile(node, path, { mode: '100644', oid: OID });
    taken.push(path);
  }
  return { node, taken };
}

describe('trees made by us', () => {
  it('have the ids that git gives them', async () => {
    const repository = `${scratch()}/r.git`;
    await writeBareRepository(repository, 'main');
    const env = {
      PATH: process.env['PATH'],
      GIT_DIR: repository,
      GIT_INDEX_FILE: `${repository}/index`,
      LC_ALL: 'C',
    };
    execFileSync('git', ['hash-object', '-w', '-t', 'blob', '/dev/null'], { env });
    fc.assert(
      fc.property(paths, (list) => {
        const { node, taken } = build(list);
        const rows = taken.map((path) => `100644 ${OID} 0\t${path}\0`).join('');
        execFileSync('git', ['read-tree', '--empty'], { env });
        execFileSync('git', ['update-index', '-z', '--index-info'], { env, input: rows });
        const written = execFileSync('git', ['write-tree'], { env, encoding: 'utf8' }).trim();
        expect(treeObjects(node).root.oid).toBe(written);
      }),
      { numRuns: 25, seed: 11 },
    );
  });

  it('come back from their bytes unchanged', () => {
    fc.assert(
      fc.property(paths, (list) => {
        const { root } = treeObjects(build(list).node);
        const again = treeObjects(parseTree(Buffer.from(root.bytes))).root;
        expect(again.oid).toBe(root.oid);
      }),
    );
  });

  it('refuse a file where a directory is, and the other way round', () => {
    const { node } = build(['a/b']);
    for (const path of ['a', 'a/b', 'a/b/c']) {
      expect(() => putFile(node, path, { mode: '100644', oid: OID })).toThrow(/claim the target/);
    }
  });
});
