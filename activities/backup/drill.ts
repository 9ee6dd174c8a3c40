// The whole way back, for practice: newest backup, own manifest, every file restored into a scratch directory and hashed
// there. Nothing that this machine believes about the destination counts.
import type { StagedFile } from '../../domain/backup/entry.js';
import type { DrillRecord } from '../../domain/backup/drill.js';
import type { Destination } from '../../domain/backup/ports.js';
import { plural } from '../../domain/backup/record.js';
import { errorCode, errorMessage, ERRORS, NxsError } from '../../domain/errors.js';
import type { RestoreReport } from '../../domain/restore/result.js';
import type { DestinationRef } from '../contracts.js';
import { changedSince } from './check.js';
import { storeOf, type BackupPorts, type Scratch, type Task } from './ports.js';
import { lookingAt, readCommit, type RemoteView } from './remote.js';
import { currentStore } from './trail.js';

/** Files that the record names. */
const NAMED = 20;

/** Bytes that stay free on the disk of the state directory whatever a drill needs: the journal and Temporal live there. */
const SPARE = 200 * 1024 * 1024;

type Findings = Omit<DrillRecord, 'run' | 'destination' | 'at' | 'duration_ms'>;

const NOTHING: Omit<Findings, 'outcome' | 'note'> = {
  commit: null,
  files: 0,
  bytes: 0,
  counts: {},
  changed_since: null,
  bad: [],
};

/**
 * Tries a whole restore of one destination. What is wrong with the backup is in the record; what only keeps us from trying
 * (network, rate limit, another drill) is thrown, so that the caller may wait and call again.
 */
export async function drillRestore(
  ports: BackupPorts,
  { run, destination }: DestinationRef,
  task: Task,
): Promise<DrillRecord> {
  const started = ports.now();
  const configured = storeOf(ports, destination);
  const findings = await ports.drills
    .run(run, async (scratch) => {
      const store = await currentStore(ports, configured);
      return lookingAt(ports, store, () => bringBack(ports, store, { run, scratch, task }));
    })
    .catch(asFindings);
  const now = ports.now();
  const at = new Date(now).toISOString();
  return { run, destination, at, duration_ms: Math.max(0, now - started), ...findings };
}

/** A destination that cannot be read or does not let us in has failed its drill. */
function asFindings(error: unknown): Findings {
  const code = errorCode(error);
  if (code === 'DESTINATION_UNWRITABLE') {
    return { ...NOTHING, outcome: 'inconclusive', note: errorMessage(error) };
  }
  if (error instanceof NxsError && ERRORS[code].kind === 'permanent')
    return { ...NOTHING, outcome: 'not_green', note: errorMessage(error) };
  throw error;
}

interface Drill {
  readonly run: string;
  readonly scratch: Scratch;
  readonly task: Task;
}

async function bringBack(ports: BackupPorts, store: Destination, drill: Drill): Promise<Findings> {
  const { scratch, task, run } = drill;
  task.progress(`looking into ${store.name}`);
  const commit = (await store.head())?.commit ?? null;
  if (commit === null) return failed('there is no backup in it');
  const view = await readCommit(store, commit, task, ports);
  const files = view.manifest?.files ?? [];
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const found = { ...NOTHING, commit, files: files.length, bytes };
  if (view.manifest === null) return failed('its newest backup has no manifest', found);
  if (files.length === 0) return failed('its newest backup holds 0 files', found);
  if (scratch.free !== null && scratch.free < bytes + SPARE) {
    const note = `a drill needs ${inMegabytes(bytes + SPARE)} below the state directory, ${inMegabytes(scratch.free)} are free`;
    return { ...found, outcome: 'inconclusive', note };
  }
  // Files go back to where they were, whatever they are called in the destination.
  const request = {
    id: run,
    files: files.map((file) => ({ ...file, path: file.local })),
    wanted: [],
    source: store,
    target: scratch.target,
    task,
  };
  const restored = await scratch.restores.restore({ ...request, dryRun: false });
  // Once more, from the disk: a restore would change nothing, so every file that was written reads back right.
  task.progress(`hashing what ${store.name} gave back`);
  const proved = await scratch.restores.restore({ ...request, dryRun: true });
  const { bad, counts } = judge(files, view, restored, proved);
  await doubt(ports, store, bad);
  const changed = await changedSince(ports, files).catch(() => null);
  const all = { ...found, counts, changed_since: changed, bad: bad.slice(0, NAMED).map(({ line }) => line) };
  if (bad.length === 0) return { ...all, outcome: 'green', note: null };
  return failed(`${bad.length} of ${plural(files.length, 'file')} did not come back right`, all);
}

interface Bad {
  readonly oid: string;
  readonly line: string;
}

/** A file is proved when the tree lists it as the manifest says, and its bytes on the scratch disk hash right. */
function judge(
  files: readonly StagedFile[],
  view: Omit<RemoteView, 'head'>,
  restored: RestoreReport,
  proved: RestoreReport,
): { bad: readonly Bad[]; counts: Record<string, number> } {
  const whole = new Set(proved.files.flatMap(({ path, outcome }) => (outcome === 'same' ? [path] : [])));
  const said = new Map(restored.files.map((file) => [file.path, file]));
  const counts: Record<string, number> = {};
  const bad: Bad[] = [];
  for (const { path, local, oid } of files) {
    const result = said.get(local);
    const listed = view.files.get(path)?.oid === oid;
    const outcome =
      result?.outcome === 'refused'
        ? 'refused'
        : !whole.has(local)
          ? 'unverified'
          : listed
            ? 'proved'
            : 'not_listed';
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    if (outcome === 'proved') continue;
    const why = result?.reason ?? (listed ? 'it reads back otherwise' : 'the tree does not list it so');
    bad.push({ oid, line: `${local}: ${outcome} (${why})` });
  }
  return { bad, counts };
}

/** What came back wrong is proved no more, so that the next backup reads it again and heals it. */
async function doubt(ports: BackupPorts, store: Destination, bad: readonly Bad[]): Promise<void> {
  const book = bad.length === 0 ? null : await ports.state.loadProofs(store.name);
  if (book === null) return;
  const doubted = new Set(bad.map(({ oid }) => oid));
  const files = book.files.map((file) => (doubted.has(file.oid) ? { ...file, verifiedAt: null } : file));
  await ports.state.saveProofs(store.name, { ...book, files });
}

function failed(note: string, found: Omit<Findings, 'outcome' | 'note'> = NOTHING): Findings {
  return { ...found, outcome: 'not_green', note };
}

function inMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MB`;
}
