// What a node knows between cycles, and the local tree that follows from it.
import { comparePaths } from '../../domain/paths.js';
import { coverage, type Coverage } from '../../domain/sync/covered.js';
import type { Tree, Version } from '../../domain/sync/model.js';
import type { Pending, SyncMemory } from '../../domain/sync/ports.js';
import type { SyncPorts } from './ports.js';

export const NEVER_MET: SyncMemory = {
  v: 1,
  hub: null,
  lost: false,
  tip: null,
  base: new Map(),
  pending: new Map(),
  capture: null,
  clock: { l: 0, c: 0 },
  scanned: 0,
  secrets: new Map(),
  holds: [],
  approved: [],
  denied: [],
  forgotten: [],
  nodes: new Map(),
  generation: 0,
  settled: false,
};

/** Name of a hub in memory: another place or branch is another hub. */
export function hubName({ hub }: Pick<SyncPorts, 'hub'>): string {
  return `${hub.location} ${hub.branch}`;
}

/** What the node has: what both sides had last, and its own changes over it. */
export function localTree({ base, pending }: Pick<SyncMemory, 'base' | 'pending'>): Tree {
  const tree = new Map(base);
  for (const [path, { version }] of pending) setOrDelete(tree, path, version);
  return tree;
}

export function setOrDelete(tree: Map<string, Version>, path: string, version: Version | null): void {
  if (version === null) tree.delete(path);
  else tree.set(path, version);
}

/** Tells two sets of changes apart; order does not count. */
export function digestOf(
  sha256: SyncPorts['sha256'],
  changes: Iterable<readonly [string, Pick<Version, 'oid' | 'mode'> | null]>,
): string {
  const rows = [...changes].map(
    ([path, version]) => [path, version?.oid ?? null, version?.mode ?? null] as const,
  );
  rows.sort(([a], [b]) => comparePaths(a, b));
  return sha256(JSON.stringify(rows));
}

/** Own changes as a set. */
export function changesOf(pending: ReadonlyMap<string, Pending>): [string, Version | null][] {
  return [...pending].map(([path, { version }]) => [path, version]);
}

/** The capture's ref in our copy: it keeps what no other commit holds. */
export function captureRef(node: string): string {
  return `refs/nxs/capture/${node.replaceAll('.', '-')}`;
}

/** Where our copy keeps what was seen of the hub's branch. */
export function trackingRef(branch: string): string {
  return `refs/remotes/hub/${branch}`;
}

const coverages = new WeakMap<SyncPorts['settings'], Coverage>();

/** The manifest's globs, compiled once for a set of ports. */
export function coverageOf({ settings }: Pick<SyncPorts, 'settings'>): Coverage {
  const known = coverages.get(settings) ?? coverage(settings);
  coverages.set(settings, known);
  return known;
}
