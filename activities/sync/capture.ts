// First step of a cycle: what changed here since the last one, stamped and committed to our own copy, whether the hub can be
// reached or not. From here on nothing that this node wrote can be lost (SYNC.md, steps 0 to 6).
import { comparePaths } from '../../domain/paths.js';
import { SECRET_RULES } from '../../domain/secrets/rules.js';
import { createSecretScan } from '../../domain/secrets/scan.js';
import type { Coverage } from '../../domain/sync/covered.js';
import type { Hold, Version } from '../../domain/sync/model.js';
import type { Pending, ScanResult, SyncMemory } from '../../domain/sync/ports.js';
import { isHeld, same } from '../../domain/sync/reconcile.js';
import { nextStamp } from '../../domain/sync/stamp.js';
import type { SyncState } from '../../domain/sync/status.js';
import { syncMessage } from '../../domain/sync/trailer.js';
import type { CaptureInput, CaptureResult } from '../contracts.js';
import type { Task } from '../task.js';
import {
  captureRef,
  changesOf,
  coverageOf,
  digestOf,
  hubName,
  NEVER_MET,
  setOrDelete,
  trackingRef,
} from './memory.js';
import type { SyncPorts } from './ports.js';

/** Versions of a log between two meetings that are looked at again. */
const MOST_EARLIER = 50;

/** Looks, remembers, commits. Repeating it in the same state changes nothing. */
export function captureChanges(ports: SyncPorts, input: CaptureInput, task: Task): Promise<CaptureResult> {
  return ports.alone(async () => {
    await ports.hub.prepare();
    const opened = await openMemory(ports, input);
    if ('state' in opened) return { state: opened.state, detail: opened.detail, changes: 0 };
    const recovered = await recover(ports, opened.memory);
    const { memory } = await scanForChanges(ports, await withOwnCopy(ports, recovered), task);
    const captured = await commit(ports, memory);
    await ports.keeping.saveMemory(captured);
    // Only now: what is not remembered is read again, so that no content is ever known and yet not kept.
    await ports.workspace.remember();
    return { state: 'ok', detail: null, changes: captured.pending.size };
  });
}

interface Refused {
  readonly state: SyncState;
  readonly detail: string;
}

/** What we know of the last cycle, or why there can be none now. */
async function openMemory(
  ports: SyncPorts,
  { join }: CaptureInput,
): Promise<{ readonly memory: SyncMemory } | Refused> {
  const { keeping, workspace } = ports;
  const { memory, lost } = await keeping.memory();
  const root = await workspace.check();
  if (join) {
    await workspace.join();
    await keeping.forgetRestored();
    return { memory: metAnew(memory ?? NEVER_MET) };
  }
  if (root.state === 'missing')
    return {
      state: 'root_missing',
      detail: `${root.detail}; nothing is changed anywhere. If it is meant: nxs sync join`,
    };
  if (memory !== null && memory.hub !== null && memory.hub !== hubName(ports)) {
    const detail = `this node joined ${memory.hub}, and nxs.yaml now names ${hubName(ports)}: nxs sync join`;
    return { state: 'needs_join', detail };
  }
  const known = memory ?? { ...NEVER_MET, lost: lost || root.state === 'ok' };
  // First this: a crash after the marker is made, and before anything is remembered, would look like a memory that was lost.
  if (memory === null) await keeping.saveMemory(known);
  if (root.state === 'never_joined') await workspace.join();
  return { memory: known };
}

/** A join forgets what both sides had, never what only this node has. */
function metAnew(memory: SyncMemory): SyncMemory {
  return {
    ...memory,
    hub: null,
    tip: null,
    base: new Map(),
    pending: new Map(),
    lost: memory.hub !== null || memory.lost,
  };
}

/** What a crash interrupted is finished, and what was finished is on record. */
async function recover(ports: SyncPorts, memory: SyncMemory): Promise<SyncMemory> {
  const applied = await ports.workspace.recover();
  if (applied.length === 0) return memory;
  const outcome = await ports.keeping.outcome();
  const wanted = new Map((outcome?.apply ?? []).map((change) => [change.path, change.wanted]));
  const base = new Map(memory.base);
  for (const { path, result, oid } of applied) {
    const version = wanted.get(path);
    if (result === 'done' && version !== undefined && (version?.oid ?? null) === oid)
      setOrDelete(base, path, version);
  }
  const recovered = { ...memory, base };
  await ports.keeping.saveMemory(recovered);
  await ports.workspace.settle();
  return recovered;
}

interface Looked {
  readonly memory: SyncMemory;
  readonly scan: ScanResult;
}

/** What changed since the last cycle, in memory's words; nothing is kept yet. */
export async function scanForChanges(ports: SyncPorts, memory: SyncMemory, task: Task): Promise<Looked> {
  const first = await scanOnce(ports, memory, new Set(), task);
  const lacking = await lacked(ports, first.memory);
  // Known by its times, and yet nowhere in our copy (it was lost, or a crash came in between): read again.
  return lacking.size === 0 ? first : scanOnce(ports, memory, lacking, task);
}

/** Paths of changes that are in no capture and whose contents our copy does not have. */
async function lacked(ports: SyncPorts, { pending }: SyncMemory): Promise<ReadonlySet<string>> {
  const open = [...pending].filter(([, { captured, version }]) => !captured && version !== null);
  const missing = new Set(await ports.hub.lacks(open.map(([, { version }]) => version?.oid ?? '')));
  return new Set(open.flatMap(([path, { version }]) => (missing.has(version?.oid ?? '') ? [path] : [])));
}

/** The directory as it is, held against what both sides had. */
async function scanOnce(
  ports: SyncPorts,
  memory: SyncMemory,
  again: ReadonlySet<string>,
  task: Task,
): Promise<Looked> {
  const { settings, workspace } = ports;
  const rules = coverageOf(ports);
  const named: Hold[] = [];
  const secrets = new Map(memory.secrets);
  const scan = await workspace.scan({
    covered: (path) => coveredOrNamed(rules, path, named),
    largest: settings.largest,
    settle: settings.settle,
    again,
    signal: task.signal,
    fresh: async (path, version, bytes) => {
      if (memory.base.get(path)?.oid === version.oid) return;
      const detail = secretIn(bytes);
      if (detail === null) await ports.hub.put(bytes);
      else secrets.set(path, { oid: version.oid, detail });
    },
  });
  const found = secretHolds(scan, secrets);
  const holds = [...scan.holds, ...found, ...named];
  return {
    scan,
    memory: stamped(ports, { ...memory, secrets: kept(secrets, found), holds }, scan, memory.holds),
  };
}

function coveredOrNamed(rules: Coverage, path: string, named: Hold[]): boolean {
  if (rules.covers(path)) return true;
  const reason = rules.secretName(path);
  if (reason !== null) named.push({ path, reason: 'secret', detail: reason });
  return false;
}

function secretIn(bytes: Uint8Array): string | null {
  const scan = createSecretScan();
  scan.update(bytes);
  const hit = scan.result();
  return hit === null ? null : `line ${hit.line} looks like ${SECRET_RULES[hit.rule]}`;
}

/** Files that still have the content that looked like a secret. */
function secretHolds({ files }: ScanResult, secrets: SyncMemory['secrets']): Hold[] {
  return [...secrets].flatMap(([path, { oid, detail }]) =>
    files.get(path)?.version.oid === oid ? [{ path, reason: 'secret' as const, detail }] : [],
  );
}

function kept(secrets: SyncMemory['secrets'], found: readonly Hold[]): SyncMemory['secrets'] {
  const still = new Set(found.map(({ path }) => path));
  return new Map([...secrets].filter(([path]) => still.has(path)));
}

/** Each change gets the time at which it came to be, once. */
function stamped(
  ports: SyncPorts,
  memory: SyncMemory,
  scan: ScanResult,
  before: readonly Hold[],
): SyncMemory {
  const { node } = ports.settings;
  const now = ports.now();
  const pending = new Map<string, Pending>();
  const changed: string[] = [];
  const isHeld = heldBy(memory.holds);
  const { strategyOf } = coverageOf(ports);
  // A log that was set back to what both sides had: the entries that captures hold of it are still to be handed on.
  const isSetBack = (path: string, last: Pending | undefined, version: Version | null): boolean =>
    version !== null && earlierOf(last).length > 0 && strategyOf(path) === 'append';
  for (const path of new Set([...memory.base.keys(), ...memory.pending.keys(), ...scan.files.keys()])) {
    const last = memory.pending.get(path);
    const version = scan.files.get(path)?.version ?? null;
    const isOld = last !== undefined && (isHeld(path) || same(last.version, version));
    const differs = !same(version, memory.base.get(path)) || isSetBack(path, last, version);
    if (isHeld(path) || differs) {
      if (isOld) pending.set(path, last);
      else if (!isHeld(path)) changed.push(path);
    }
  }
  // What was held then may have been there already.
  const wasHeld = heldBy(before);
  let { clock } = memory;
  for (const path of inTime(changed, scan)) {
    const found = scan.files.get(path);
    const scanned = wasHeld(path) ? 0 : memory.scanned;
    const next = nextStamp(clock, { node, mtime: found?.mtime ?? null, scanned, now });
    ({ clock } = next);
    const earlier = strategyOf(path) === 'append' ? earlierOf(memory.pending.get(path)) : [];
    pending.set(path, { version: found?.version ?? null, stamp: next.stamp, captured: false, earlier });
  }
  return { ...memory, pending, clock, scanned: scan.ended };
}

/** What captures hold of a log that changed again. */
function earlierOf(before: Pending | undefined): readonly string[] {
  if (before === undefined) return [];
  const last = before.captured && before.version !== null ? [before.version.oid] : [];
  return [...before.earlier.filter((oid) => oid !== last[0]), ...last].slice(-MOST_EARLIER);
}

/** By the time of their change, deletions last: the clock never goes back, and no change should carry another's time. */
function inTime(paths: readonly string[], { files }: ScanResult): readonly string[] {
  const timeOf = (path: string) => files.get(path)?.mtime ?? Number.MAX_VALUE;
  return [...paths].sort((a, b) => timeOf(a) - timeOf(b) || comparePaths(a, b));
}

/** True for a held path, and for all that lies below a held directory. */
function heldBy(holds: readonly Hold[]): (path: string) => boolean {
  const held = new Set(holds.map(({ path }) => path));
  return (path) => isHeld(held, path);
}

/** Our copy may have been lost or moved away: then its captures are gone with it, and every change is taken anew. */
async function withOwnCopy({ hub, settings }: SyncPorts, memory: SyncMemory): Promise<SyncMemory> {
  const latest = await hub.ref(captureRef(settings.node));
  const isGone = memory.tip !== null && (await hub.ref(trackingRef(hub.branch))) === null;
  if (isGone || (latest === null && memory.capture !== null)) {
    const pending = new Map([...memory.pending].map(([path, each]) => [path, { ...each, captured: false }]));
    return { ...memory, pending, capture: null };
  }
  // A crash came before this commit was on record: it stands on the one that is.
  if (memory.capture === null || latest === null || latest === memory.capture.commit) return memory;
  return { ...memory, capture: { commit: latest, tip: null, of: '' } };
}

/** One commit of all changes over the hub's tree as it was seen last, when any of them is in none. */
async function commit(ports: SyncPorts, memory: SyncMemory): Promise<SyncMemory> {
  const { hub, settings, sha256 } = ports;
  if (![...memory.pending.values()].some(({ captured }) => !captured)) return memory;
  // What our copy does not have yet (it was lost) cannot be built upon.
  const [tip = null] =
    memory.tip === null || (await hub.ref(trackingRef(hub.branch))) === null ? [] : [memory.tip];
  const last = memory.capture;
  const changes = changesOf(memory.pending);
  const at = new Date(ports.now()).toISOString();
  const stamps = new Map([...memory.pending].map(([path, { stamp }]) => [path, stamp]));
  const parents = [last !== null && last.tip === tip ? null : tip, last?.commit ?? null];
  const made = await hub.commit(
    {
      basis: tip,
      changes: new Map(changes),
      parents: parents.filter((each) => each !== null),
      message: syncMessage(settings.host, at, stamps),
      at,
      author: settings.node,
    },
    captureRef(settings.node),
  );
  const pending = new Map([...memory.pending].map(([path, each]) => [path, { ...each, captured: true }]));
  return { ...memory, pending, capture: { commit: made, tip, of: digestOf(sha256, changes) } };
}
