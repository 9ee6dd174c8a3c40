// The merge log as it travels: each node writes one file in the hub's own corner, so that two nodes never write the same one, and
// every node can tell what any of them decided.
import type { MergeNote } from '../../domain/sync/model.js';
import { identitiesIn, mergeEntryIn, type MergeEntry } from '../../domain/sync/merge-entry.js';
import type { RemoteEntry } from '../../domain/sync/ports.js';
import type { SyncPorts } from './ports.js';

const DIRECTORY = '.nxs/merge-log/';

/** Lines kept in the hub's file of a node; older ones are in its history. */
const LONGEST = 1000;

/** Where a node's decisions are in the hub. */
export function mergeLogPath(node: string): string {
  return `${DIRECTORY}${node}.jsonl`;
}

/** True for a merge log of any node. */
export function isMergeLog(path: string): boolean {
  return path.startsWith(DIRECTORY) && path.endsWith('.jsonl');
}

/** Notes with who and when; the same decision gets the same id however often it is made. */
export function mergeEntries(
  { settings, sha256 }: Pick<SyncPorts, 'settings' | 'sha256'>,
  notes: readonly MergeNote[],
  at: string,
): MergeEntry[] {
  return notes.map((note) => {
    const { path, rule, kept, lost, other, detail } = note;
    const id = sha256(JSON.stringify([path, rule, kept, lost, other, detail])).slice(0, 16);
    return { id, at, node: settings.node, ...note };
  });
}

/** The file of this node with the new entries in it; null: it has them all. */
export async function withEntries(
  ports: SyncPorts,
  hubEntries: readonly RemoteEntry[],
  entries: readonly MergeEntry[],
): Promise<Uint8Array | null> {
  const path = mergeLogPath(ports.settings.node);
  const there = hubEntries.find((entry) => entry.path === path && entry.mode === '100644');
  const lines = there === undefined ? [] : await linesOf(ports, there.oid);
  const known = new Set(lines.map(idOf));
  const fresh = entries.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return null;
  const all = [...lines, ...fresh.map((entry) => JSON.stringify(entry))].slice(-LONGEST);
  return ports.encode(`${all.join('\n')}\n`);
}

/** Where a node says which log entries were removed on purpose. */
function forgottenPath(node: string): string {
  return `.nxs/forgotten/${node}.json`;
}

/** Identities of log entries that any node removed on purpose; ours among them. */
export async function allForgotten(
  ports: SyncPorts,
  hubEntries: readonly RemoteEntry[],
  own: readonly string[],
): Promise<ReadonlySet<string>> {
  const files = hubEntries.filter(
    ({ path, mode }) => mode === '100644' && path.startsWith('.nxs/forgotten/'),
  );
  if (files.length === 0) return new Set(own);
  const lists = await Promise.all(files.map(({ oid }) => forgottenIn(ports, oid)));
  return new Set([...own, ...lists.flat()]);
}

async function forgottenIn(ports: SyncPorts, oid: string): Promise<readonly string[]> {
  const bytes = (await ports.hub.read([oid])).get(oid);
  return identitiesIn((bytes === undefined ? null : ports.decode(bytes)) ?? '');
}

/** This node's list for the hub; null: it is there as it is. */
export function ownForgotten(
  ports: SyncPorts,
  hubEntries: readonly RemoteEntry[],
  own: readonly string[],
): { readonly path: string; readonly bytes: Uint8Array } | null {
  const path = forgottenPath(ports.settings.node);
  if (own.length === 0) return null;
  const bytes = ports.encode(`${JSON.stringify([...own].sort())}\n`);
  const there = hubEntries.find((entry) => entry.path === path)?.oid;
  return there === ports.blobId(bytes) ? null : { path, bytes };
}

async function linesOf(ports: SyncPorts, oid: string): Promise<string[]> {
  const bytes = (await ports.hub.read([oid])).get(oid);
  const text = bytes === undefined ? null : ports.decode(bytes);
  return (text ?? '').split('\n').filter((line) => line !== '');
}

/** Entries of a merge log in the hub; lines that are none are left out: anybody may have written them. */
export async function readMergeLog(ports: SyncPorts, oid: string): Promise<MergeEntry[]> {
  return (await linesOf(ports, oid)).flatMap((line) => {
    const entry = mergeEntryIn(line);
    return entry === null ? [] : [entry];
  });
}

function idOf(line: string): string {
  return mergeEntryIn(line)?.id ?? '';
}
