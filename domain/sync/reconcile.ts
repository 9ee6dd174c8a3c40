// The plan of a cycle: what goes out, what comes in, what stays and who lost, path by path, out of three trees. No I/O and no
// clock, so that it can be tried a hundred thousand times (SYNC.md, step 9).
import { comparePaths } from '../paths.js';
import { numbered } from './merge-file.js';
import type {
  Contender,
  Hold,
  Loser,
  Merged,
  MergeInput,
  MergeNote,
  Stamp,
  Strategy,
  Tree,
  Version,
} from './model.js';

export interface Trees {
  /** Per path the last version that both sides had. */
  readonly base: Tree;
  readonly local: Tree;
  readonly hub: Tree;
  /** Paths that take no part: their base stays, nothing of them is published or applied. */
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

export interface ReconcileInput extends Trees {
  readonly strategyOf: (path: string) => Strategy;
  readonly joining: boolean;
  readonly localStamp: (path: string) => Stamp;
  readonly hubStamp: (path: string) => Stamp;
  /** Contents of what conflictsOf() named. */
  readonly bytes: (oid: string) => Uint8Array;
  readonly forgotten: ReadonlySet<string>;
  readonly merge: (input: MergeInput) => Merged;
}

/** Paths that both sides changed, and have: their contents are needed for a plan. */
export function conflictsOf({ base, local, hub, held }: Trees): readonly string[] {
  return allPaths(local, hub).filter((path) => {
    const [b, l, r] = [base.get(path), local.get(path), hub.get(path)];
    if (held.has(path) || l === undefined || r === undefined) return false;
    return !same(l, r) && !same(l, b) && !same(r, b);
  });
}

/** Makes the plan. The same whatever the order of the trees' entries. */
export function reconcile(input: ReconcileInput): Plan {
  const { base, local, hub, held } = input;
  const draft = openDraft();
  for (const path of allPaths(base, local, hub)) {
    if (held.has(path)) continue;
    const [b, l, r] = [base.get(path), local.get(path), hub.get(path)];
    if (same(l, r)) continue;
    if (same(r, b)) draft.publish.set(path, l ?? null);
    else if (same(l, b)) draft.apply.set(path, r ?? null);
    else if (l !== undefined && r !== undefined) both(input, draft, path, l, r);
    else keepPresent(draft, path, l, r);
  }
  clearWays(input, draft);
  return draft;
}

interface Draft extends Plan {
  readonly publish: Map<string, Wanted>;
  readonly apply: Map<string, Wanted>;
  readonly losers: Loser[];
  readonly notes: MergeNote[];
  readonly holds: Hold[];
}

function openDraft(): Draft {
  return { publish: new Map(), apply: new Map(), losers: [], notes: [], holds: [] };
}

/** The same bytes under the same mode, or both nothing. */
export function same(a: Version | undefined | null, b: Version | undefined | null): boolean {
  return (a?.oid ?? null) === (b?.oid ?? null) && (a?.mode ?? null) === (b?.mode ?? null);
}

/** One side deleted, the other changed: the change stays (the document's conflict table). */
function keepPresent(draft: Draft, path: string, l: Version | undefined, r: Version | undefined): void {
  const present = l ?? r;
  if (present === undefined) return;
  if (l !== undefined) draft.publish.set(path, l);
  else draft.apply.set(path, present);
  const who = l === undefined ? 'deleted here and changed by others' : 'changed here and deleted by others';
  draft.notes.push({
    ...{ path, rule: 'delete-vs-modify', kept: present.oid, lost: null, other: null },
    detail: `${who}: the change stays`,
  });
}

function both(input: ReconcileInput, draft: Draft, path: string, l: Version, r: Version): void {
  const { base, bytes, merge } = input;
  const side = (version: Version, stamp: Stamp): Contender => ({ version, stamp, bytes: bytes(version.oid) });
  const b = base.get(path);
  const merged = merge({
    path,
    strategy: input.strategyOf(path),
    base: b === undefined ? null : { version: b, bytes: bytes(b.oid) },
    hub: side(r, input.hubStamp(path)),
    local: side(l, input.localStamp(path)),
    joining: input.joining,
    at: (other) => heldAt(input, draft, other),
    forgotten: input.forgotten,
  });
  if (merged.hold !== null) {
    draft.holds.push(merged.hold);
    return;
  }
  if (merged.keep === 'hub') draft.apply.set(path, r);
  else if (merged.keep === 'local') draft.publish.set(path, l);
  else {
    const made = madeOf(merged.keep, merged.notes[0]?.kept ?? '');
    draft.publish.set(path, made);
    draft.apply.set(path, made);
  }
  if (merged.beside !== null && heldAt(input, draft, merged.beside) !== l.oid) {
    draft.publish.set(merged.beside, l);
    draft.apply.set(merged.beside, l);
  }
  draft.losers.push(...merged.losers);
  draft.notes.push(...merged.notes);
}

function madeOf(
  { bytes, mode }: { readonly bytes: Uint8Array; readonly mode: Version['mode'] },
  oid: string,
): Made {
  return { oid, mode, size: bytes.length, bytes };
}

/** Object id under a name on either side or in the plan so far; null: it is free. */
function heldAt({ local, hub }: Trees, draft: Draft, path: string): string | null {
  const planned = draft.publish.get(path) ?? draft.apply.get(path);
  return (planned ?? local.get(path) ?? hub.get(path))?.oid ?? null;
}

/** A name cannot be a file and a directory: the file keeps it, and what is below goes on beside it. */
function clearWays(input: ReconcileInput, draft: Draft): void {
  const after = wantedTree(input, draft);
  const files = [...after.keys()].sort(comparePaths);
  const known = new Set(files);
  for (const path of files) {
    const above = parentsOf(path).find((dir) => known.has(dir));
    if (above === undefined) continue;
    const version = after.get(path);
    const file = after.get(above);
    if (version === undefined || file === undefined) continue;
    const target = `${above}.dir-${file.oid.slice(0, 8)}/${path.slice(above.length + 1)}`;
    move(input, draft, path, target, version);
    draft.notes.push({
      ...{ path, rule: 'file-vs-directory', kept: null, lost: null, other: target },
      detail: `${JSON.stringify(above)} is a file on the other side`,
    });
  }
}

/** What both sides hold once the plan is done. */
export function wantedTree(
  { local, hub, held }: Trees,
  { publish, apply }: Plan,
): ReadonlyMap<string, Version> {
  const after = new Map<string, Version>();
  for (const path of allPaths(local, hub)) {
    const version = held.has(path) ? undefined : (local.get(path) ?? hub.get(path));
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

function move({ local, hub }: Trees, draft: Draft, from: string, to: string, version: Version): void {
  const free = draft.publish.has(to) || draft.apply.has(to) ? numbered(to, version.oid) : to;
  if (hub.has(from)) draft.publish.set(from, null);
  else draft.publish.delete(from);
  if (local.has(from)) draft.apply.set(from, null);
  else draft.apply.delete(from);
  draft.publish.set(free, version);
  draft.apply.set(free, version);
}

function parentsOf(path: string): string[] {
  const parents: string[] = [];
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) parents.push(path.slice(0, at));
  return parents;
}

function allPaths(...trees: readonly Tree[]): readonly string[] {
  return [...new Set(trees.flatMap((tree) => [...tree.keys()]))].sort(comparePaths);
}
