// What lies outside our prefix belongs to someone else and must come out of a publish bit for bit.
import type { CancelSignal } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { readObjects } from './read-back.js';
import { checkObjects } from './batch-check.js';
import type { GitStore } from './store.js';
import { type TreeLeaf, type TreeNode, parseTree } from './trees.js';

/** The parent's tree with everything under `prefix` ('' or 'a/b/') taken out, ready for our files. */
export async function outerTree(
  store: GitStore,
  parent: string | null,
  prefix: string,
  signal?: CancelSignal,
): Promise<TreeNode> {
  if (prefix === '' || parent === null) return new Map();
  const names = prefix.split('/').slice(0, -1);
  // The directories on the way down, the last one excepted: that one is ours as a whole.
  const above = names.map((_name, depth) => `${parent}:${names.slice(0, depth).join('/')}`);
  const found = await checkObjects(store, above, signal);
  if (found[0] === null)
    throw new NxsError('DESTINATION_UNREADABLE', `The tree of "${store.name}" cannot be read.`);
  const oids = found.flatMap((object) => (object?.type === 'tree' ? [object.oid] : []));
  const raw = await readTrees(store, oids, signal);
  return nest(raw.map(parseTree), names);
}

function nest(levels: readonly TreeNode[], names: readonly string[]): TreeNode {
  const root: TreeNode = levels[0] ?? new Map<string, TreeLeaf | TreeNode>();
  let node = root;
  for (const [depth, name] of names.entries()) {
    const key = Buffer.from(name, 'utf8').toString('latin1');
    const next: TreeNode =
      (depth + 1 < names.length ? levels[depth + 1] : undefined) ?? new Map<string, TreeLeaf | TreeNode>();
    node.set(key, next);
    node = next;
  }
  return root;
}

async function readTrees(store: GitStore, oids: readonly string[], signal?: CancelSignal): Promise<Buffer[]> {
  const trees: Buffer[] = [];
  for await (const object of readObjects(store, oids, signal)) {
    if ('problem' in object) {
      throw new NxsError(
        'DESTINATION_UNREADABLE',
        `A tree of "${store.name}" cannot be read: ${object.reason}.`,
      );
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of object.chunks) chunks.push(chunk);
    trees.push(Buffer.concat(chunks));
  }
  return trees;
}
