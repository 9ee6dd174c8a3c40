// Follows a destination's branch from run to run. What was set back by somebody is left exactly as it is: the backup goes on,
// on a branch of its own, and a person decides.
import type { EntryResult, StagedFile } from '../../domain/backup/entry.js';
import { unproved } from '../../domain/backup/classify.js';
import type { ProofBook } from '../../domain/backup/local-ports.js';
import type { Destination, Head } from '../../domain/backup/ports.js';
import {
  describeForeign,
  describeTamper,
  isTampered,
  type Tamper,
  type Trail,
} from '../../domain/backup/trail.js';
import type { BackupPorts } from './ports.js';
import type { RemoteView } from './remote.js';

export interface Followed {
  /** Where the backup goes: the destination itself, or its recovery branch. */
  readonly store: Destination;
  /** Undefined: not looked up yet. */
  readonly head: Head | null | undefined;
  readonly tamper: Tamper | null;
  /** The head was made by others on top of ours. */
  readonly foreign: string | null;
  /** True when the head descends from ours: whatever is wrong in the tree, it is our backup. */
  readonly ours: boolean;
}

/** Looks at the head and compares it with the one on record; raises the alarm when it was set back. */
export async function followTrail(ports: BackupPorts, run: string, store: Destination): Promise<Followed> {
  const trail = store.lineage === null ? null : await ports.state.loadTrail(store.name);
  if (trail === null || store.lineage === null || store.recover === null) {
    return { store, head: undefined, tamper: null, foreign: null, ours: false };
  }
  if (trail.tamper !== null) return onRecovery(store, trail, trail.tamper);
  const head = await store.head();
  if (head?.commit === trail.head) return { store, head, tamper: null, foreign: null, ours: true };
  const lineage = await store.lineage(trail.head);
  if (!isTampered(lineage)) {
    const foreign = lineage.kind === 'same' ? null : describeForeign(lineage.commits, lineage.count);
    return { store, head, tamper: null, foreign, ours: true };
  }
  const tamper = found(ports, store, lineage.kind, trail, head);
  await ports.state.saveTrail(store.name, { head: trail.head, tamper });
  await ports.journal({
    id: `backup/${run}/${store.name}/tampered`,
    type: 'backup.tampered',
    data: {
      destination: store.name,
      kind: tamper.kind,
      old_head: tamper.old_head,
      seen_head: head?.commit ?? null,
      branch: tamper.branch,
    },
  });
  return onRecovery(store, trail, tamper);
}

async function onRecovery(store: Destination, trail: Trail, tamper: Tamper): Promise<Followed> {
  const recovery = await recoveryOf(store, trail.head, tamper);
  return { store: recovery, head: await recovery.head(), tamper, foreign: null, ours: true };
}

async function recoveryOf(store: Destination, head: string, tamper: Tamper): Promise<Destination> {
  return store.recover === null ? store : store.recover(tamper.branch, head);
}

/** The destination as runs use it now: its recovery branch while a person has not decided. */
export async function currentStore(ports: BackupPorts, store: Destination): Promise<Destination> {
  const trail = await ports.state.loadTrail(store.name);
  return trail === null || trail.tamper === null ? store : recoveryOf(store, trail.head, trail.tamper);
}

/** For a look from outside of a run: is the branch set back, on record or as seen now? A sentence, or null. */
export async function findSetBack(ports: BackupPorts, store: Destination): Promise<string | null> {
  const trail = store.lineage === null ? null : await ports.state.loadTrail(store.name);
  if (trail === null || store.lineage === null) return null;
  if (trail.tamper !== null) return describeTamper(store.location, store.branch, trail.tamper);
  const lineage = await store.lineage(trail.head);
  if (!isTampered(lineage)) return null;
  return `TAMPERED: its branch ${store.branch} was ${lineage.kind}; the last head of ours was ${trail.head.slice(0, 12)}`;
}

/** Writes down where our commit stands now. */
export async function leaveTrail(
  ports: BackupPorts,
  store: Destination,
  commit: string,
  tamper: Tamper | null,
): Promise<void> {
  if (store.lineage === null) return;
  await ports.state.saveTrail(store.name, { head: commit, tamper });
}

function found(
  ports: BackupPorts,
  store: Destination,
  kind: Tamper['kind'],
  { head: old }: Trail,
  seen: Head | null,
): Tamper {
  const since = new Date(ports.now()).toISOString();
  const stamp = since.replace(/[-:]|\.\d+/g, '');
  return {
    kind,
    old_head: old,
    since,
    branch: `nxs-recovery/${ports.settings.node}-${stamp}`,
    token: `as-it-is-${ports.sha256([store.name, old, seen?.commit ?? ''].join('\0')).slice(0, 12)}`,
  };
}

/** The sentence for a record, or null. */
export function tamperNote(store: Destination, tamper: Tamper | null, branch: string): string | null {
  return tamper === null ? null : describeTamper(store.location, branch, tamper);
}

/**
 * What others changed under our hands: files that we proved and have not touched since, and that the branch holds otherwise.
 * They are put back by this run, and count as wrong in it until they read back right.
 */
export function drifted(
  view: RemoteView,
  book: ProofBook | null,
  files: readonly StagedFile[],
): readonly EntryResult[] {
  const proved = new Map(book?.files.map((file) => [file.path, file.oid]));
  return files.flatMap((file) => {
    if (proved.get(file.path) !== file.oid) return [];
    const there = view.files.get(file.path);
    if (there?.oid === file.oid && there.mode === file.mode) return [];
    const status = there === undefined ? ('MISSING' as const) : ('MISMATCH' as const);
    return [unproved(file, status, 'remote', 'a foreign commit changed it')];
  });
}
