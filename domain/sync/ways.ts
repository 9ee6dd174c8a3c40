// Two files that no file system, or not every one, can hold side by side: a file and a directory of one name, and names that
// differ in case or accents only. Both versions stay; the second one gets another name.
import { comparePaths, foldPath } from '../paths.js';
import type { MergeNote, Version } from './model.js';
import { numbered } from './names.js';
import { parentsOf, plant, wantedTree, type Draft, type Trees } from './plan.js';

export interface WayInput extends Trees {
  /** Is the path one that the nodes share? Else a file that moves there stays on this node. */
  readonly covers: (path: string) => boolean;
}

/** Gives other names where the tree that a draft leads to has names that meet. The same on every node. */
export function clearWays(input: WayInput, draft: Draft): void {
  const tree = wantedTree(input, draft);
  if (!namesMeet(tree)) return;
  const names = new Names(tree);
  for (const [path, version] of names.entries()) {
    const above = names.fileAbove(path);
    if (above === null) continue;
    const target = names.moved(path, besideFile(above, path), version);
    move(input, draft, { from: path, version, ...target });
    draft.notes.push(noteOf(path, target.to, 'file-vs-directory', `${JSON.stringify(above.path)} is a file`));
  }
  for (const [path, version] of names.entries()) {
    const first = names.firstTwin(path);
    if (first === path) continue;
    const target = names.moved(path, numbered(path, version.oid), version);
    move(input, draft, { from: path, version, ...target });
    const detail = `many file systems take it for ${JSON.stringify(first)}`;
    draft.notes.push(noteOf(path, target.to, 'twins', detail));
  }
}

/** Is there anything to do at all? In the order of the map, for the usual tree of thousands of names that do not meet. */
function namesMeet(tree: ReadonlyMap<string, Version>): boolean {
  const files = new Set<string>();
  for (const path of tree.keys()) files.add(foldPath(path));
  if (files.size < tree.size) return true;
  const directories = new Set<string>();
  for (const path of files) for (const above of parentsOf(path)) directories.add(above);
  for (const above of directories) if (files.has(above)) return true;
  return false;
}

interface Named {
  readonly path: string;
  readonly version: Version;
}

/** The names of a tree, as file systems compare them that fold case and accents. */
class Names {
  /** By folded name, in byte order. */
  readonly #files = new Map<string, Named[]>();

  constructor(tree: ReadonlyMap<string, Version>) {
    for (const path of [...tree.keys()].sort(comparePaths)) {
      const version = tree.get(path);
      if (version !== undefined) this.#add({ path, version });
    }
  }

  entries(): readonly (readonly [string, Version])[] {
    const all = [...this.#files.values()].flat();
    return all
      .sort((a, b) => comparePaths(a.path, b.path))
      .map(({ path, version }) => [path, version] as const);
  }

  /** The outermost file where this path needs a directory. */
  fileAbove(path: string): Named | null {
    for (const above of parentsOf(path)) {
      const [file] = this.#files.get(foldPath(above)) ?? [];
      if (file !== undefined) return { path: above, version: file.version };
    }
    return null;
  }

  firstTwin(path: string): string {
    return this.#files.get(foldPath(path))?.[0]?.path ?? path;
  }

  /**
   * Notes that a file moves; returns where to: the target, or if that is taken by something else, a numbered one. `there`:
   * a file with these bytes has the name already.
   */
  moved(from: string, wanted: string, version: Version): { readonly to: string; readonly there: boolean } {
    this.#remove(from);
    let to = wanted;
    while (!this.#isFree(to, version.oid)) to = numbered(to, version.oid);
    const there = this.#files.has(foldPath(to));
    if (!there) this.#add({ path: to, version });
    return { to, there };
  }

  #isFree(path: string, oid: string): boolean {
    if (this.fileAbove(path) !== null) return false;
    const holders = this.#files.get(foldPath(path)) ?? [];
    return holders.every((each) => each.path === path && each.version.oid === oid);
  }

  #add(file: Named): void {
    const folded = foldPath(file.path);
    this.#files.set(folded, [...(this.#files.get(folded) ?? []), file]);
  }

  #remove(path: string): void {
    const folded = foldPath(path);
    const rest = (this.#files.get(folded) ?? []).filter((each) => each.path !== path);
    if (rest.length === 0) this.#files.delete(folded);
    else this.#files.set(folded, rest);
  }
}

/** `a/b/c` below the file `a` -> `a.dir-<oid8>/b/c`. */
function besideFile({ path, version }: Named, below: string): string {
  return `${path}.dir-${version.oid.slice(0, 8)}/${below.slice(path.length + 1)}`;
}

function noteOf(path: string, other: string, rule: MergeNote['rule'], detail: string): MergeNote {
  return { path, rule, kept: null, lost: null, other, detail };
}

interface Move {
  readonly from: string;
  readonly to: string;
  readonly there: boolean;
  readonly version: Version;
}

function move(
  { local, hub, covers }: WayInput,
  { publish, apply }: Draft,
  { from, to, there, version }: Move,
): void {
  if (hub.has(from)) publish.set(from, null);
  else publish.delete(from);
  if (local.has(from)) apply.set(from, null);
  else apply.delete(from);
  if (there) return;
  if (covers(to)) plant(publish, hub, to, version);
  plant(apply, local, to, version);
}
