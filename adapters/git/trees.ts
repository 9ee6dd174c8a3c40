// Git's tree format: entries in byte order, a directory sorting as if its name ended in a slash. Names are kept
// as latin1 strings, one character a byte, so that foreign names that are no UTF-8 survive unchanged.
import { NxsError } from '../../domain/errors.js';
import { type GitObject, gitObject } from './objects.js';

export interface TreeLeaf {
  readonly mode: string;
  readonly oid: string;
}

export type TreeNode = Map<string, TreeLeaf | TreeNode>;

/** Puts a file at a '/'-separated UTF-8 path. Throws CONFIG_INVALID where a file and a directory share a name. */
export function putFile(root: TreeNode, path: string, leaf: TreeLeaf): void {
  const names = path.split('/').map((name) => Buffer.from(name, 'utf8').toString('latin1'));
  const last = names.pop() ?? '';
  let node = root;
  for (const name of names) {
    const below = node.get(name);
    if (below !== undefined && !(below instanceof Map)) throw collision(path);
    const next: TreeNode = below ?? new Map<string, TreeLeaf | TreeNode>();
    if (below === undefined) node.set(name, next);
    node = next;
  }
  if (last === '' || node.has(last)) throw collision(path);
  node.set(last, leaf);
}

function collision(path: string): NxsError {
  return new NxsError('CONFIG_INVALID', `Two files claim the target ${path}.`, { path });
}

/** All tree objects under `node`, the root last. Directories without a file vanish, as git cannot hold them. */
export function treeObjects(node: TreeNode): {
  readonly root: GitObject;
  readonly all: readonly GitObject[];
} {
  const all = new Map<string, GitObject>();
  const root = encodeNode(node, all);
  return { root, all: [...all.values()] };
}

function encodeNode(node: TreeNode, all: Map<string, GitObject>): GitObject {
  const rows: { readonly key: string; readonly bytes: Buffer }[] = [];
  for (const [name, value] of node) {
    if (value instanceof Map && value.size === 0) continue;
    const leaf = value instanceof Map ? { mode: '40000', oid: encodeNode(value, all).oid } : value;
    const key = leaf.mode === '40000' ? `${name}/` : name;
    const head = Buffer.from(`${leaf.mode} ${name}\0`, 'latin1');
    rows.push({ key, bytes: Buffer.concat([head, Buffer.from(leaf.oid, 'hex')]) });
  }
  rows.sort((a, b) => (a.key < b.key ? -1 : 1));
  const tree = gitObject('tree', Buffer.concat(rows.map((row) => row.bytes)));
  all.set(tree.oid, tree);
  return tree;
}

/** The direct entries of a raw tree object. */
export function parseTree(bytes: Buffer): TreeNode {
  const node: TreeNode = new Map();
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    const end = bytes.indexOf(0, space);
    if (space < 0 || end < 0 || end + 21 > bytes.length) {
      throw new NxsError('DESTINATION_UNREADABLE', 'A tree object of the destination is broken.');
    }
    const oid = bytes.subarray(end + 1, end + 21).toString('hex');
    node.set(bytes.toString('latin1', space + 1, end), { mode: bytes.toString('latin1', at, space), oid });
    at = end + 21;
  }
  return node;
}
