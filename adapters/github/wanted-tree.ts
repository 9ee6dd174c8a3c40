// The tree that a change asks for, worked out here with git's own rules: what differs from the parent's travels, and the id that
// the server must come to is known before the first request.
import type { Change, TreeEntry } from '../../domain/backup/ports.js';
import { gitObject } from '../git/objects.js';
import { putFile, treeObjects, type TreeNode } from '../git/trees.js';

export interface Placed {
  readonly path: string;
  readonly oid: string;
  readonly mode: string;
}

export interface WantedTree {
  /** Id of the whole tree. */
  readonly root: string;
  /** What has to be put into the parent's tree. */
  readonly upserts: readonly Placed[];
  /** Paths that have to leave it. */
  readonly removals: readonly string[];
  /** All files of it. */
  readonly all: readonly Placed[];
  /** Bytes of the files that we make ourselves, by object id. */
  readonly made: ReadonlyMap<string, Uint8Array>;
}

/** `present`: every file of the parent's tree, those outside the prefix included. */
export function wantedTree(change: Change, present: readonly Placed[]): WantedTree {
  const made = new Map<string, Uint8Array>();
  const extras = change.extra.map(({ path, bytes }): Placed => {
    const { oid } = gitObject('blob', bytes);
    made.set(oid, bytes);
    return { path, oid, mode: '100644' };
  });
  const ours: Placed[] = [...change.entries.map(placed), ...extras];
  const outside = present.filter(({ path }) => !path.startsWith(change.prefix));
  const node: TreeNode = new Map();
  const all = [...outside, ...ours].map(({ path, oid, mode }) => ({ path, oid, mode }));
  for (const { path, oid, mode } of all) putFile(node, path, { oid, mode });
  const before = new Map(present.map((file) => [file.path, file]));
  const after = new Set(ours.map(({ path }) => path));
  return {
    root: treeObjects(node).root.oid,
    upserts: ours.filter(({ path, oid, mode }) => {
      const there = before.get(path);
      return there?.oid !== oid || there.mode !== mode;
    }),
    removals: present.flatMap(({ path }) =>
      path.startsWith(change.prefix) && !after.has(path) ? [path] : [],
    ),
    all,
    made,
  };
}

function placed({ path, oid, mode }: TreeEntry): Placed {
  return { path, oid, mode };
}

/**
 * True when some path that comes is a directory where one that leaves is a file, or the other way round: then the leaving ones
 * go first, in a tree of their own.
 */
export function exchangesKinds(tree: WantedTree): boolean {
  const leaving = new Set(tree.removals);
  const ways = (path: string): string[] => {
    const found: string[] = [];
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) found.push(path.slice(0, at));
    return found;
  };
  if (tree.upserts.some(({ path }) => ways(path).some((way) => leaving.has(way)))) return true;
  const coming = new Set(tree.upserts.map(({ path }) => path));
  return tree.removals.some((path) => ways(path).some((way) => coming.has(way)));
}
