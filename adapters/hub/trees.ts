// A commit of ours differs from another one in a few paths: only the trees on the way to them are read, and all else, foreign
// entries of any kind among it, goes over as it is.
import { gitObject, type GitObject } from '../git/objects.js';
import { collectGit } from '../git/process.js';
import { callOn, type GitStore } from '../git/store.js';
import { parseTree, treeObjects, type TreeLeaf, type TreeNode } from '../git/trees.js';
import { NxsError } from '../../domain/errors.js';
import type { CommitPlan } from '../../domain/sync/ports.js';

/** Trees and the roots of commits, as we last saw or wrote them: object ids never change their content. */
export interface TreeCache {
  readonly trees: Map<string, Buffer>;
  readonly roots: Map<string, string>;
}

const MOST_TREES = 2000;

export function openTreeCache(): TreeCache {
  return { trees: new Map(), roots: new Map() };
}

export function keepTree(cache: TreeCache, { oid, bytes }: GitObject): void {
  if (cache.trees.size >= MOST_TREES) cache.trees.clear();
  cache.trees.set(oid, Buffer.from(bytes));
}

export function keepRoot(cache: TreeCache, commit: string, tree: string): void {
  if (cache.roots.size >= MOST_TREES) cache.roots.clear();
  cache.roots.set(commit, tree);
}

/** All trees of the plan's result that are new to the cache, and the id of its root. */
export async function plannedTrees(
  store: GitStore,
  cache: TreeCache,
  { basis, changes }: Pick<CommitPlan, 'basis' | 'changes'>,
): Promise<{ readonly root: string; readonly fresh: readonly GitObject[] }> {
  const node =
    basis === null ? newNode() : await openNode(store, cache, basis, directoriesOf(changes.keys()));
  for (const [path, version] of changes) if (version === null) removeAt(node, namesOf(path));
  for (const [path, version] of changes)
    if (version !== null) putAt(node, namesOf(path), { mode: version.mode, oid: version.oid });
  const { root, all } = treeObjects(node);
  const fresh = all.filter(({ oid }) => !cache.trees.has(oid));
  return { root: root.oid, fresh };
}

function newNode(): TreeNode {
  return new Map<string, TreeLeaf | TreeNode>();
}

/** Trees keep names as latin1, a character a byte. */
function namesOf(path: string): string[] {
  return path.split('/').map((name) => Buffer.from(name, 'utf8').toString('latin1'));
}

function directoriesOf(paths: Iterable<string>): string[] {
  const found = new Set<string>();
  for (const path of paths)
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
      found.add(path.slice(0, at));
  return [...found].sort();
}

function removeAt(node: TreeNode, names: readonly string[]): void {
  const [name = '', ...rest] = names;
  const below = node.get(name);
  if (rest.length > 0) {
    if (below instanceof Map) removeAt(below, rest);
    // A directory of that name is not the file that is to go.
  } else if (below !== undefined && !(below instanceof Map)) node.delete(name);
}

function putAt(node: TreeNode, names: readonly string[], leaf: TreeLeaf): void {
  const [name = '', ...rest] = names;
  if (rest.length === 0) {
    node.set(name, leaf);
    return;
  }
  const below = node.get(name);
  const next = below instanceof Map ? below : newNode();
  node.set(name, next);
  putAt(next, rest, leaf);
}

/** The basis' tree, with the directories on the way opened. */
async function openNode(
  store: GitStore,
  cache: TreeCache,
  basis: string,
  directories: readonly string[],
): Promise<TreeNode> {
  const known = openFromCache(cache, basis, directories);
  if (known !== null) return known;
  await readInto(store, cache, basis, directories);
  const opened = openFromCache(cache, basis, directories);
  if (opened === null)
    throw new NxsError('HUB_DAMAGED', `The tree of ${basis} in ${store.path} cannot be read.`);
  return opened;
}

/** Null: something on the way is not in the cache. */
function openFromCache(cache: TreeCache, basis: string, directories: readonly string[]): TreeNode | null {
  const rootBytes = cache.trees.get(cache.roots.get(basis) ?? '');
  if (rootBytes === undefined) return null;
  const root = parseTree(rootBytes);
  const open = new Map<string, TreeNode>([['', root]]);
  for (const dir of directories) {
    const slash = dir.lastIndexOf('/');
    const parent = open.get(slash < 0 ? '' : dir.slice(0, slash));
    const name = Buffer.from(dir.slice(slash + 1), 'utf8').toString('latin1');
    const leaf = parent?.get(name);
    if (parent === undefined || leaf === undefined || leaf instanceof Map || leaf.mode !== '40000') continue;
    const bytes = cache.trees.get(leaf.oid);
    if (bytes === undefined) return null;
    const node = parseTree(bytes);
    parent.set(name, node);
    open.set(dir, node);
  }
  return root;
}

async function readInto(
  store: GitStore,
  cache: TreeCache,
  basis: string,
  directories: readonly string[],
): Promise<void> {
  const names = [`${basis}^{tree}`, ...directories.map((dir) => `${basis}:${dir}`)];
  const output = await collectGit(
    callOn(store, ['cat-file', '--batch', '--buffer']),
    names.map((name) => `${name}\n`).join(''),
  );
  let at = 0;
  for (const [index, name] of names.entries()) {
    const end = output.indexOf(0x0a, at);
    if (end < 0)
      throw new NxsError('HUB_DAMAGED', `Our copy of the hub (${store.path}) does not give ${name}.`);
    const header = output.toString('utf8', at, end);
    at = end + 1;
    const match = /^([0-9a-f]{40}) (\w+) (\d+)$/.exec(header);
    if (match === null) continue;
    const size = Number(match[3]);
    const bytes = output.subarray(at, at + size);
    at += size + 1;
    if (match[2] !== 'tree') continue;
    const tree = gitObject('tree', Buffer.from(bytes));
    keepTree(cache, tree);
    if (index === 0) keepRoot(cache, basis, tree.oid);
  }
}
