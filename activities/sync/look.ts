// What people ask of sync's memory: who lost when and where, which versions a file had, what a cycle would do now. Nothing here
// changes a file, the hub, or what is remembered.
import { errorCode, NxsError } from '../../domain/errors.js';
import type { MergeEntry } from '../../domain/sync/merge-entry.js';
import type { PastVersion, RemoteEntry } from '../../domain/sync/ports.js';
import { same } from '../../domain/sync/reconcile.js';
import type { Task } from '../task.js';
import { captureRef, NEVER_MET } from './memory.js';
import { isMergeLog, readMergeLog } from './merge-log.js';
import { prepare } from './plan.js';
import type { SyncPorts } from './ports.js';
import { scanForChanges } from './capture.js';

/** Decisions of every node, the newest first; as far as they are known here, without asking the hub. */
export async function mergeLog(ports: SyncPorts): Promise<readonly MergeEntry[]> {
  const own = await ports.keeping.merges();
  const { memory } = await ports.keeping.memory();
  const entries = await entriesAt(ports, memory?.tip ?? null);
  const logs = entries.filter(({ path, mode }) => mode === '100644' && isMergeLog(path));
  const theirs = await Promise.all(logs.map(({ oid }) => readMergeLog(ports, oid)));
  const all = new Map(
    [...theirs.flat(), ...own].map((entry) => [`${entry.node} ${entry.id}`, entry] as const),
  );
  return [...all.values()].sort((a, b) => (a.at === b.at ? 0 : a.at < b.at ? 1 : -1));
}

async function entriesAt({ hub }: SyncPorts, tip: string | null): Promise<readonly RemoteEntry[]> {
  return tip === null ? [] : hub.list(tip);
}

/** Versions that a path had on any node, the newest first. */
export async function versionsOf(ports: SyncPorts, path: string): Promise<readonly PastVersion[]> {
  const { memory } = await ports.keeping.memory();
  const capture = await ports.hub.ref(captureRef(ports.settings.node));
  const commits = [memory?.tip ?? null, capture].filter((each) => each !== null);
  return commits.length === 0 ? [] : ports.hub.versions(path, commits);
}

/** The content of a version, named by the first digits of its object id. Throws NxsError USAGE when there is none, or several. */
export async function contentOf(
  ports: SyncPorts,
  path: string,
  wanted: string,
): Promise<{ readonly oid: string; readonly bytes: Uint8Array }> {
  if (!/^[0-9a-f]{4,40}$/i.test(wanted))
    throw new NxsError(
      'USAGE',
      `${JSON.stringify(wanted)} names no version: it is 4 to 40 hex digits, see nxs sync show ${path} --versions.`,
    );
  const versions = await versionsOf(ports, path);
  const losers = (await mergeLog(ports))
    .filter((entry) => entry.path === path)
    .flatMap(({ lost }) => lost ?? []);
  const oids = [...new Set([...versions.flatMap(({ oid }) => oid ?? []), ...losers])];
  const [oid, ...others] = oids.filter((each) => each.startsWith(wanted.toLowerCase()));
  if (oid === undefined || others.length > 0) {
    const why =
      oid === undefined ? `has no version ${wanted}` : `has several versions that begin with ${wanted}`;
    throw new NxsError('USAGE', `${path} ${why}: see nxs sync show ${path} --versions.`);
  }
  const bytes = (await ports.hub.read([oid])).get(oid);
  if (bytes === undefined)
    throw new NxsError('HUB_DAMAGED', `Version ${oid} of ${path} is named and not there.`);
  return { oid, bytes };
}

/** One line of what a cycle would do. */
export interface Difference {
  readonly path: string;
  /** `out`: the hub gets it; `in`: it comes here; `both`: made of both sides. */
  readonly direction: 'out' | 'in' | 'both';
  readonly change: 'added' | 'changed' | 'deleted';
}

export interface SyncDiff {
  readonly changes: readonly Difference[];
  /** Merges that would be logged. */
  readonly merges: readonly { readonly path: string; readonly rule: string; readonly detail: string }[];
  readonly held: readonly { readonly path: string; readonly reason: string; readonly detail: string }[];
  readonly waiting: readonly {
    readonly token: string;
    readonly kind: string;
    readonly direction: string;
    readonly paths: readonly string[];
  }[];
  /** The hub was asked now; false: it is out of reach, and this is against what was seen of it last. */
  readonly fresh: boolean;
}

/** What the next cycle does, when nothing changes until then: the same code, and nothing of it is kept. */
export function diffSync(ports: SyncPorts, task: Task): Promise<SyncDiff> {
  return ports.alone(async () => {
    await ports.hub.prepare();
    const root = await ports.workspace.check();
    if (root.state === 'missing')
      throw new NxsError('SYNC_WAITS', `${root.detail}; a cycle would do nothing.`);
    const { memory } = await ports.keeping.memory();
    const { memory: seen } = await scanForChanges(ports, memory ?? NEVER_MET, task);
    const { tip, fresh } = await tipOf(ports, seen.tip, task);
    const { plan, trees, questions, holds } = await prepare(ports, seen, tip);
    const changes = new Map<string, Difference>();
    for (const [direction, wanted, before] of [
      ['out', plan.publish, trees.hub],
      ['in', plan.apply, trees.local],
    ] as const) {
      for (const [path, version] of wanted) {
        const there = before.get(path);
        if (same(there, version)) continue;
        const change = version === null ? 'deleted' : there === undefined ? 'added' : 'changed';
        changes.set(path, { path, change, direction: changes.has(path) ? 'both' : direction });
      }
    }
    return {
      changes: [...changes.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
      merges: plan.notes.map(({ path, rule, detail }) => ({ path, rule, detail })),
      held: holds.map(({ path, reason, detail }) => ({ path, reason, detail })),
      waiting: questions.map(({ token, kind, direction, paths }) => ({ token, kind, direction, paths })),
      fresh,
    };
  });
}

async function tipOf(
  ports: SyncPorts,
  last: string | null,
  task: Task,
): Promise<{ readonly tip: string | null; readonly fresh: boolean }> {
  try {
    return { tip: await ports.hub.fetch(task.signal), fresh: true };
  } catch (error) {
    if (errorCode(error) !== 'HUB_UNREACHABLE') throw error;
    return { tip: last, fresh: false };
  }
}
