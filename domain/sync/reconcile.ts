// The plan of a cycle: what goes out, what comes in, what stays and who lost, path by path, out of three trees. No I/O and no
// clock, so that it can be tried a hundred thousand times (SYNC.md, step 9).
import { isYaml } from './merge-file.js';
import type { Contender, Merged, MergeInput, Stamp, Strategy, Version } from './model.js';
import { differingPaths, isHeld, plant, same, type Draft, type Made, type Plan, type Trees } from './plan.js';
import { clearWays } from './ways.js';

export { isHeld, same, wantedTree } from './plan.js';
export type { Plan, Trees, Wanted } from './plan.js';

export interface ReconcileInput extends Trees {
  readonly strategyOf: (path: string) => Strategy;
  /** Is the path one that the nodes share? A version that gets another name is published only then. */
  readonly covers: (path: string) => boolean;
  /** First meeting with this hub: no stamps decide, its version stays and ours goes on beside it. */
  readonly joining: boolean;
  /** Blob ids of our own starter files: whatever stands against one was written by somebody, and stays. */
  readonly starterIds: ReadonlySet<string>;
  /**
   * When memory was lost: the object ids that each path ever had in the hub. What is there and not in the hub any more was
   * deleted by others. Null: memory tells.
   */
  readonly everHeld: ReadonlyMap<string, ReadonlySet<string>> | null;
  readonly localStamp: (path: string) => Stamp;
  readonly hubStamp: (path: string) => Stamp;
  /** Contents of what bytesNeeded() named. */
  readonly bytes: (oid: string) => Uint8Array;
  /** SHA-256 (hex) of log entries that were removed on purpose. */
  readonly forgotten: ReadonlySet<string>;
  readonly merge: (input: MergeInput) => Merged;
}

/** Paths that both sides changed, and have. */
export function conflictsOf(trees: Trees): readonly string[] {
  return differingPaths(trees).filter((path) => {
    const [b, l, r] = versionsOf(trees, path);
    if (l === undefined || r === undefined || isHeld(trees.held, path)) return false;
    return !same(l, r) && !same(l, b) && !same(r, b);
  });
}

/** Object ids of all contents that a plan asks for: of conflicts, of logs that changed, and of YAML that comes in. */
export function bytesNeeded(trees: Trees, strategyOf: (path: string) => Strategy): ReadonlySet<string> {
  const needed = new Set<string>();
  for (const path of differingPaths(trees)) {
    const [b, l, r] = versionsOf(trees, path);
    if (l === undefined || r === undefined || isHeld(trees.held, path) || same(l, r)) continue;
    if (!isMerged(path, strategyOf(path), [b, l, r])) continue;
    for (const version of [b, l, r]) if (version !== undefined) needed.add(version.oid);
  }
  return needed;
}

/** Makes the plan. The same whatever the order of the trees' entries. */
export function reconcile(input: ReconcileInput): Plan {
  const draft: Draft = { publish: new Map(), apply: new Map(), losers: [], notes: [], holds: [] };
  const merges: string[] = [];
  for (const path of differingPaths(input)) {
    const [b, l, r] = versionsOf(input, path);
    if (isHeld(input.held, path) || same(l, r)) continue;
    if (l === undefined || r === undefined) oneAbsent(input, draft, path);
    else if (starterYields(input, draft, path, l, r)) continue;
    else if (isMerged(path, input.strategyOf(path), [b, l, r])) merges.push(path);
    else if (same(r, b)) draft.publish.set(path, l);
    else draft.apply.set(path, r);
  }
  // After all others, so that a new name is free of what they bring.
  for (const path of merges) both(input, draft, path);
  clearWays(input, draft);
  return draft;
}

type Versions = readonly [base: Version | undefined, local: Version | undefined, hub: Version | undefined];

function versionsOf({ base, local, hub }: Trees, path: string): Versions {
  return [base.get(path), local.get(path), hub.get(path)];
}

/**
 * Are contents needed to decide? Where both changed; where one side changed a log, for entries must not vanish with a torn
 * write; and where YAML comes in, for it must parse.
 */
function isMerged(path: string, strategy: Strategy, [b, l, r]: Versions): boolean {
  if (!same(l, b) && !same(r, b)) return true;
  return l?.oid !== r?.oid && (strategy === 'append' || (isYaml(path) && same(l, b)));
}

function oneAbsent(input: ReconcileInput, draft: Draft, path: string): void {
  const [b, l, r] = versionsOf(input, path);
  if (b === undefined && l !== undefined && input.everHeld?.get(path)?.has(l.oid) === true)
    draft.apply.set(path, null);
  else if (same(r, b)) draft.publish.set(path, l ?? null);
  else if (same(l, b)) draft.apply.set(path, r ?? null);
  else keepPresent(draft, path, l, r);
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

/** A starter file is nobody's work: it gives way without a word. Of two of them the hub's stays. */
function starterYields(
  { starterIds }: ReconcileInput,
  draft: Draft,
  path: string,
  l: Version,
  r: Version,
): boolean {
  if (l.oid === r.oid) return false;
  if (starterIds.has(l.oid)) draft.apply.set(path, r);
  else if (starterIds.has(r.oid)) draft.publish.set(path, l);
  else return false;
  return true;
}

function both(input: ReconcileInput, draft: Draft, path: string): void {
  const { bytes, covers } = input;
  const [b, l, r] = versionsOf(input, path);
  if (l === undefined || r === undefined) return;
  const side = (version: Version, stamp: Stamp): Contender => ({ version, stamp, bytes: bytes(version.oid) });
  const merged = input.merge({
    path,
    strategy: input.strategyOf(path),
    base: b === undefined ? null : { version: b, bytes: bytes(b.oid) },
    hub: side(r, input.hubStamp(path)),
    local: side(l, input.localStamp(path)),
    joining: input.joining,
    at: (other) => holderOf(input, draft, other),
    forgotten: input.forgotten,
  });
  if (merged.hold !== null) {
    draft.holds.push(merged.hold);
    return;
  }
  keep(draft, path, merged, l, r);
  if (merged.beside !== null && holderOf(input, draft, merged.beside) !== l.oid) {
    if (covers(merged.beside)) plant(draft.publish, input.hub, merged.beside, l);
    plant(draft.apply, input.local, merged.beside, l);
  }
  draft.losers.push(...merged.losers);
  draft.notes.push(...merged.notes);
}

function keep(draft: Draft, path: string, merged: Merged, l: Version, r: Version): void {
  if (merged.keep === 'hub') draft.apply.set(path, r);
  else if (merged.keep === 'local') draft.publish.set(path, l);
  else {
    const made: Made = { ...merged.keep, size: merged.keep.bytes.length };
    draft.publish.set(path, made);
    draft.apply.set(path, made);
  }
}

/** Object id of what a name holds, on either side and once the plan is done; a word where it is not one and the same. */
function holderOf(input: ReconcileInput, draft: Draft, path: string): string | null {
  if (isHeld(input.held, path)) return 'held';
  const found = new Set<string>();
  for (const version of [input.local.get(path), input.hub.get(path)])
    if (version !== undefined) found.add(version.oid);
  for (const changes of [draft.publish, draft.apply])
    if (changes.has(path)) found.add(changes.get(path)?.oid ?? 'leaving');
  const [first = null] = found;
  return found.size > 1 ? 'several' : first;
}
