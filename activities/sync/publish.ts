// The commit that goes to the hub. When nobody else has published and nothing had to be decided, the capture itself is it; else
// one commit joins the hub's tip and what this node captured.
import type { Stamp } from '../../domain/sync/model.js';
import type { MergeEntry } from '../../domain/sync/merge-entry.js';
import type { SyncMemory } from '../../domain/sync/ports.js';
import { syncMessage } from '../../domain/sync/trailer.js';
import { digestOf } from './memory.js';
import { mergeLogPath, ownForgotten, withEntries } from './merge-log.js';
import type { Prepared } from './plan.js';
import type { SyncPorts } from './ports.js';

/** Makes the commit in our copy; null: the hub has everything already. */
export async function commitFor(
  ports: SyncPorts,
  memory: SyncMemory,
  tip: string | null,
  plan: Prepared,
  notes: readonly MergeEntry[],
  at: string,
): Promise<string | null> {
  const { hub, settings, sha256 } = ports;
  const { publish } = plan.plan;
  const log = notes.length === 0 ? null : await withEntries(ports, plan.entries, notes);
  const forgotten = ownForgotten(ports, plan.entries, memory.forgotten);
  if (publish.size === 0 && log === null && forgotten === null) return null;
  const { capture } = memory;
  const isPlain = log === null && forgotten === null;
  if (isPlain && capture !== null && capture.tip === tip && capture.of === digestOf(sha256, publish))
    return capture.commit;
  const changes = new Map(publish);
  for (const wanted of publish.values())
    if (wanted !== null && 'bytes' in wanted) await hub.put(wanted.bytes);
  if (log !== null) {
    const oid = await hub.put(log);
    changes.set(mergeLogPath(settings.node), { oid, mode: '100644', size: log.length });
  }
  if (forgotten !== null) {
    const { path, bytes } = forgotten;
    changes.set(path, { oid: await hub.put(bytes), mode: '100644', size: bytes.length });
  }
  const parents = [tip, capture?.commit ?? null].filter((each) => each !== null);
  const message = syncMessage(settings.host, at, await stampsFor(ports, plan, memory, tip));
  return hub.commit({ basis: tip, changes, parents, message, at, author: settings.node }, null);
}

/**
 * Of every path that this commit decides, also where the hub's version stays (it won, or ours waits for a person, or was taken
 * back since it was captured): what a parent says of it counts no more.
 */
async function stampsFor(
  { hub, settings }: SyncPorts,
  { plan, stampOf }: Prepared,
  memory: SyncMemory,
  tip: string | null,
): Promise<ReadonlyMap<string, Stamp>> {
  const { capture, pending } = memory;
  const captured = capture === null ? [] : (await hub.stamps(tip, capture.commit)).keys();
  const paths = [...new Set([...plan.publish.keys(), ...pending.keys(), ...captured])];
  const isKnown = tip === null || paths.every((path) => stampOf(path) !== null);
  const all = isKnown ? new Map<string, Stamp>() : await hub.stamps(null, tip);
  const never: Stamp = { l: 0, c: 0, node: settings.node };
  return new Map(paths.map((path) => [path, stampOf(path) ?? all.get(path) ?? never]));
}
