// Two backups side by side, or one beside the data directory as it is now. It reads manifests and hashes what is here; no
// content of a backup is read.
import { countChanges, differences, type FileChange, type Known } from '../../domain/backup/difference.js';
import type { Destination } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { chooseFiles } from './choose.js';
import { storeOf, type BackupPorts, type Task } from './ports.js';
import { readCommit } from './remote.js';
import { currentStore } from './trail.js';

export interface DiffInput {
  readonly destination: string | null;
  /** Revision or date; null: the newest backup. */
  readonly from: string | null;
  /** Null: the data directory. */
  readonly to: string | null;
}

export interface BackupDiff {
  readonly destination: string;
  /** Commit. */
  readonly from: string;
  /** Commit; null: the data directory. */
  readonly to: string | null;
  readonly same: boolean;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly files: readonly FileChange[];
  /** Files of the data directory that could not be compared: "path: why". */
  readonly problems: readonly string[];
}

/**
 * Compares. Throws NxsError USAGE (no such destination, none configured), NOTHING_TO_RESTORE (no such revision, no backup),
 * DESTINATION_UNREADABLE, DATA_DIR_MISSING.
 */
export async function diffBackups(ports: BackupPorts, input: DiffInput, task: Task): Promise<BackupDiff> {
  const store = await currentStore(ports, pick(ports, input.destination));
  if ((await store.access(ports.source.root)).state === 'absent')
    throw new NxsError('NOTHING_TO_RESTORE', `There is nothing at ${store.location} (${store.name}).`);
  const [from, to] = await ports.alone(store, async () => [
    await side(ports, store, input.from, task),
    input.to === null ? null : await side(ports, store, input.to, task),
  ]);
  const now = to === null ? await dataDirectory(ports, task) : { files: to.files, problems: [], left: NONE };
  const before = from.files.filter(({ local }) => !now.left.has(local));
  const files = differences(before, now.files);
  return {
    destination: store.name,
    from: from.commit,
    to: to?.commit ?? null,
    same: files.length === 0 && now.problems.length === 0,
    ...countChanges(files),
    files,
    problems: now.problems,
  };
}

const NONE: ReadonlySet<string> = new Set();

function pick(ports: BackupPorts, name: string | null): Destination {
  if (name !== null) return storeOf(ports, name);
  const first = ports.destinations.find(({ state }) => state === 'ready');
  if (first === undefined) throw new NxsError('USAGE', 'No backup destination is configured.');
  return storeOf(ports, first.name);
}

interface Side {
  readonly commit: string;
  readonly files: readonly Known[];
}

async function side(ports: BackupPorts, store: Destination, at: string | null, task: Task): Promise<Side> {
  task.progress(`looking into ${store.name}`);
  const commit = at === null ? ((await store.head())?.commit ?? null) : await store.resolve(at);
  if (commit === null) {
    const what = at === null ? 'holds no backup yet' : `has no revision at or before "${at}"`;
    throw new NxsError('NOTHING_TO_RESTORE', `${store.name} ${what}.`);
  }
  const { manifest } = await readCommit(store, commit, task, ports);
  if (manifest === null)
    throw new NxsError('NOTHING_TO_RESTORE', `${commit.slice(0, 12)} in ${store.name} has no manifest.`);
  return { commit, files: manifest.files };
}

interface Here {
  readonly files: readonly Known[];
  readonly problems: readonly string[];
  /** Paths that cannot be compared: not to be taken for removed. */
  readonly left: ReadonlySet<string>;
}

/** What a backup would take now. */
async function dataDirectory(ports: BackupPorts, task: Task): Promise<Here> {
  task.progress(`hashing ${ports.source.root}`);
  const { chosen, problems } = chooseFiles((await ports.source.survey(task.signal)).files, ports.settings);
  const files: Known[] = [];
  const unread = problems.map(({ local, reason }) => ({ local, reason }));
  for (const { local, size, mode, known } of chosen) {
    const sha256 = known?.sha256 ?? (await ports.source.digest(local));
    if (sha256 === null) unread.push({ local, reason: 'it cannot be read' });
    else files.push({ local, sha256, size, mode });
  }
  return {
    files,
    problems: unread.map(({ local, reason }) => `${local}: ${reason}`),
    left: new Set(unread.map(({ local }) => local)),
  };
}
