// What a cycle would do, worked out of what was captured and of the hub's tip; `nxs sync diff` shows exactly this. Reads, and
// changes nothing (SYNC.md, steps 8 and 9).
import type { Coverage } from '../../domain/sync/covered.js';
import { guard, type Guarded, type Question } from '../../domain/sync/guard.js';
import { mergeFile, type MergeTools } from '../../domain/sync/merge-file.js';
import type { Hold, Stamp, Tree } from '../../domain/sync/model.js';
import type { RemoteEntry, SyncMemory } from '../../domain/sync/ports.js';
import {
  bytesNeeded,
  conflictsOf,
  isHeld,
  reconcile,
  same,
  type Plan,
  type Trees,
} from '../../domain/sync/reconcile.js';
import { validTree } from '../../domain/sync/remote-tree.js';
import { MOST_AHEAD, usableStamp } from '../../domain/sync/stamp.js';
import { coverageOf, localTree, setOrDelete } from './memory.js';
import { allForgotten } from './merge-log.js';
import { wholeLogs, type WholeLogs } from './whole-logs.js';
import type { SyncPorts } from './ports.js';

/** A node that nobody heard of: what it made loses against everything. */
const UNKNOWN: Stamp = { l: 0, c: 0, node: '' };

export interface Prepared extends Guarded {
  /** What the hub has, as it is. */
  readonly entries: readonly RemoteEntry[];
  readonly trees: Trees;
  /** Stamp of what stands under a path when the plan is done; null: the commits that were asked do not say. */
  readonly stampOf: (path: string) => Stamp | null;
  /** What takes no part: of the scan, of the hub's tree, and of the plan. */
  readonly holds: readonly Hold[];
  /** Tokens of refusals that were carried out. */
  readonly refused: readonly string[];
  /** What the hub's commits since the last meeting say of their versions. */
  readonly stamps: readonly Stamp[];
  /** ms that a stamp of the hub lies ahead of our clock; null: none does. */
  readonly skew?: number | null;
}

/** Plans. `tip` null: the hub is empty. */
export async function prepare(ports: SyncPorts, memory: SyncMemory, tip: string | null): Promise<Prepared> {
  const rules = coverageOf(ports);
  const entries = tip === null ? [] : await ports.hub.list(tip);
  const { tree: hub, rejected } = validTree(entries, {
    covers: rules.covers,
    largest: ports.settings.largest,
  });
  const holds = [...memory.holds, ...rejected];
  const logs = await wholeLogs(ports, memory, localTree(memory));
  const { local } = logs;
  const held = new Set(holds.map(({ path }) => path));
  const forgotten = await allForgotten(ports, entries, memory.forgotten);
  const known = { memory, tip, rules, holds, forgotten, logs };
  const first = await planOf(ports, known, { base: memory.base, local, hub, held });
  const refusals = first.questions.filter(({ token }) => memory.denied.includes(token));
  if (refusals.length === 0) return { ...first, entries, refused: [] };
  const base = refusedBase(refusals, first.trees);
  const again = await planOf(ports, known, { base, local, hub, held });
  return { ...again, entries, refused: refusals.map(({ token }) => token) };
}

interface Known {
  readonly memory: SyncMemory;
  readonly tip: string | null;
  readonly rules: Coverage;
  readonly holds: readonly Hold[];
  readonly forgotten: ReadonlySet<string>;
  readonly logs: WholeLogs;
}

async function planOf(
  ports: SyncPorts,
  { memory, tip, rules, holds, forgotten, logs }: Known,
  given: Trees,
): Promise<Omit<Prepared, 'entries' | 'refused'>> {
  const joining = memory.hub === null;
  const now = ports.now();
  const { stamps, ...clocks } = await stampsOf(ports, memory, tip, given);
  const trees = { ...given, base: await baseOf(ports, memory, given, stamps) };
  const hubStamp = (path: string) => usableStamp(stamps.get(path) ?? UNKNOWN, now);
  const localStamp = (path: string) => memory.pending.get(path)?.stamp ?? UNKNOWN;
  const contents = await ports.hub.read([...bytesNeeded(trees, rules.strategyOf)]);
  const everHeld = joining && memory.lost && tip !== null ? await ports.hub.everHeld(tip) : null;
  const reconciled = reconcile({
    ...trees,
    strategyOf: rules.strategyOf,
    covers: rules.covers,
    joining,
    localStamp,
    hubStamp,
    bytes: (oid) => contents.get(oid) ?? new Uint8Array(),
    forgotten,
    starterIds: ports.settings.starterIds,
    everHeld,
    merge: (input) => mergeFile(input, toolsOf(ports)),
  });
  const guarded = guard(withMended(reconciled, trees, logs), {
    ...trees,
    strategyOf: rules.strategyOf,
    globOf: rules.globOf,
    approved: new Set(memory.approved),
    digest: ports.sha256,
  });
  const stampOf = (path: string) =>
    guarded.plan.publish.has(path)
      ? standing(path, guarded.plan, trees, { hubStamp, localStamp })
      : (stamps.get(path) ?? null);
  return {
    ...guarded,
    trees,
    stampOf,
    holds: [...holds, ...guarded.plan.holds],
    stamps: [...stamps.values()],
    ...clocks,
  };
}

/** A log that was made whole is to be so here too, also where the plan changes nothing here. */
function withMended(plan: Plan, { hub, held }: Trees, { mended, notes }: WholeLogs): Plan {
  if (mended.size === 0) return plan;
  const apply = new Map(plan.apply);
  for (const path of mended) {
    if (isHeld(held, path) || apply.has(path)) continue;
    apply.set(path, plan.publish.has(path) ? (plan.publish.get(path) ?? null) : (hub.get(path) ?? null));
  }
  return { ...plan, apply, notes: [...plan.notes, ...notes] };
}

/** The stamp of what the hub will have: ours where ours goes out, of both the later one where both are in it. */
function standing(
  path: string,
  { publish }: Plan,
  { local }: Trees,
  { hubStamp, localStamp }: { hubStamp: (path: string) => Stamp; localStamp: (path: string) => Stamp },
): Stamp {
  const wanted = publish.get(path);
  const [ours, theirs] = [localStamp(path), hubStamp(path)];
  if (same(wanted, local.get(path))) return ours;
  return ours.l > theirs.l || (ours.l === theirs.l && ours.c >= theirs.c) ? ours : theirs;
}

/** What the hub's commits say; nothing is asked when nobody has published since. */
async function stampsOf(
  { hub, now }: SyncPorts,
  memory: SyncMemory,
  tip: string | null,
  trees: Trees,
): Promise<{ readonly stamps: ReadonlyMap<string, Stamp>; readonly skew?: number | null }> {
  const conflicts = conflictsOf(trees);
  if (tip === null || (tip === memory.tip && conflicts.length === 0)) return { stamps: new Map() };
  const recent = tip === memory.tip ? new Map<string, Stamp>() : await hub.stamps(memory.tip, tip);
  // A path whose base is older than the tip that we saw last (it was held, or raced) may have been named before that.
  const all = conflicts.every((path) => recent.has(path)) ? recent : await hub.stamps(null, tip);
  const ahead = [...all.values()].reduce((most, { l }) => Math.max(most, l - now()), 0);
  return { stamps: all, skew: ahead > MOST_AHEAD ? ahead : null };
}

/**
 * A crash between a publish and its record: the hub has a version that this node made, and made another one after. That is no
 * conflict with itself: what our captures hold, and the hub says is ours, is what ours comes after.
 */
async function baseOf(
  { hub, settings }: SyncPorts,
  { capture, pending, lost }: SyncMemory,
  trees: Trees,
  stamps: ReadonlyMap<string, Stamp>,
): Promise<Tree> {
  const both = [...pending.keys()].filter(
    (path) => !isHeld(trees.held, path) && !same(trees.hub.get(path), trees.base.get(path)),
  );
  const own = both.filter((path) => stamps.get(path)?.node === settings.node);
  // Who joins anew was told that the hub's versions stay.
  if (own.length === 0 || capture === null || lost) return trees.base;
  const made = await hub.everHeld(capture.commit);
  const base = new Map(trees.base);
  for (const path of own) {
    const theirs = trees.hub.get(path);
    if (theirs === undefined || made.get(path)?.has(theirs.oid) === true)
      setOrDelete(base, path, theirs ?? null);
  }
  return base;
}

/** A refusal takes the change for one that nobody made: what was deleted or cut comes back, on whichever side it happened. */
function refusedBase(questions: readonly Question[], { base, local, hub }: Trees): Tree {
  const next = new Map(base);
  for (const { kind, direction, paths } of questions) {
    for (const path of paths) {
      const changed = direction === 'outgoing' ? local.get(path) : hub.get(path);
      setOrDelete(next, path, kind === 'mass_delete' ? null : (changed ?? null));
    }
  }
  return next;
}

function toolsOf(ports: SyncPorts): MergeTools {
  const { blobId, sha256, encode, parsesYaml } = ports;
  return { blobId, digest: sha256, encode, parsesYaml, decode: (bytes) => textOf(ports, bytes) };
}

/** As git decides it: a NUL in the first 8 KB makes a file binary. */
function textOf({ decode }: SyncPorts, bytes: Uint8Array): string | null {
  return bytes.subarray(0, 8192).includes(0) ? null : decode(bytes);
}
