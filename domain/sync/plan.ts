// The shapes of a plan, and what can be asked of one.
import { comparePaths } from '../paths.js';
import type { Hold, Loser, MergeNote, Tree, Version } from './model.js';

export interface Trees {
  /** Per path the last version that both sides had. */
  readonly base: Tree;
  readonly local: Tree;
  readonly hub: Tree;
  /** Paths that take no part, with all that is below them: their base stays, nothing of them is published or applied. */
  readonly held: ReadonlySet<string>;
}

/** A version that is made here, of both sides. */
export interface Made extends Version {
  readonly bytes: Uint8Array;
}

/** What a side is to have at a path; null: nothing. */
export type Wanted = Version | Made | null;

export interface Plan {
  /** Where the hub's tree is to differ from what it is. */
  readonly publish: ReadonlyMap<string, Wanted>;
  /** Where the data directory is to differ from what it is. */
  readonly apply: ReadonlyMap<string, Wanted>;
  readonly losers: readonly Loser[];
  readonly notes: readonly MergeNote[];
  readonly holds: readonly Hold[];
}

/** A plan in the making. */
export interface Draft extends Plan {
  readonly publish: Map<string, Wanted>;
  readonly apply: Map<string, Wanted>;
  readonly losers: Loser[];
  readonly notes: MergeNote[];
  readonly holds: Hold[];
}

/** The same bytes under the same mode, or both nothing. */
export function same(a: Version | undefined | null, b: Version | undefined | null): boolean {
  return (a?.oid ?? null) === (b?.oid ?? null) && (a?.mode ?? null) === (b?.mode ?? null);
}

/** Plans that a side is to hold a version under a name that it may hold it under already. */
export function plant(changes: Map<string, Wanted>, side: Tree, path: string, wanted: Version): void {
  if (same(side.get(path), wanted)) changes.delete(path);
  else changes.set(path, wanted);
}

/** True for a held path and for all that is below one: a directory that cannot be read hides what is in it. */
export function isHeld(held: ReadonlySet<string>, path: string): boolean {
  if (held.size === 0) return false;
  return held.has(path) || held.has('') || parentsOf(path).some((above) => held.has(above));
}

/** The directories of a path, the outermost first. */
export function parentsOf(path: string): string[] {
  const parents: string[] = [];
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) parents.push(path.slice(0, at));
  return parents;
}

/** In byte order. */
function allPaths(...trees: readonly Tree[]): readonly string[] {
  return [...new Set(trees.flatMap((tree) => [...tree.keys()]))].sort(comparePaths);
}

/** What both sides hold once the plan is done, without what is held. */
export function wantedTree(
  { local, hub, held }: Trees,
  { publish, apply, holds }: Pick<Plan, 'publish' | 'apply' | 'holds'>,
): ReadonlyMap<string, Version> {
  const out = new Set([...held, ...holds.map(({ path }) => path)]);
  const after = new Map<string, Version>();
  for (const path of allPaths(local, hub)) {
    const version = isHeld(out, path) ? undefined : (local.get(path) ?? hub.get(path));
    if (version !== undefined) after.set(path, version);
  }
  for (const changes of [publish, apply]) {
    for (const [path, wanted] of changes) {
      if (wanted === null) after.delete(path);
      else after.set(path, wanted);
    }
  }
  return after;
}

/** Paths that the two sides do not have alike, in byte order: all that a plan is about. */
export function differingPaths({ local, hub }: Pick<Trees, 'local' | 'hub'>): readonly string[] {
  const paths: string[] = [];
  for (const [path, version] of local) if (!same(version, hub.get(path))) paths.push(path);
  for (const path of hub.keys()) if (!local.has(path)) paths.push(path);
  return paths.sort(comparePaths);
}
