// Brings a backup back. It needs the destination and nothing else: the manifest in the commit says what the bytes must hash to.
import type { StagedFile } from '../../domain/backup/entry.js';
import type { Destination } from '../../domain/backup/ports.js';
import { plural } from '../../domain/backup/record.js';
import { errorMessage, NxsError } from '../../domain/errors.js';
import { isWhole, type RestoreReport } from '../../domain/restore/result.js';
import type { RestoreInput } from '../contracts.js';
import type { RestoreResult } from '../../domain/backup/results.js';
import { storeOf, type BackupPorts, type Task } from './ports.js';
import { readCommit } from './remote.js';
import { currentStore } from './trail.js';

/** Files that were not restored and are named in the result. */
const NAMED = 20;

interface Found {
  readonly store: Destination;
  readonly commit: string;
  readonly files: readonly StagedFile[];
}

/** Restores, or undoes a restore. Throws NxsError NOTHING_TO_RESTORE when no destination has what was asked for. */
export async function restoreBackup(
  ports: BackupPorts,
  input: RestoreInput,
  task: Task,
): Promise<RestoreResult> {
  const started = ports.now();
  if (input.undo !== null) return undo(ports, input, input.undo, task);
  const found = await findRevision(ports, input, task);
  const report = await ports.restores.restore({
    id: input.run,
    files: found.files,
    wanted: input.paths,
    source: { read: (objects, signal) => found.store.read(objects, signal, found.commit) },
    target: input.to ?? ports.source.root,
    dryRun: input.dryRun,
    task,
  });
  const source = `${found.store.name} at ${found.commit.slice(0, 12)}`;
  if (!report.dryRun) {
    await ports.journal({
      id: `restore/${input.run}/finished`,
      type: 'restore.finished',
      data: {
        id: report.id,
        destination: found.store.name,
        commit: found.commit,
        target: report.target,
        outcome: isWhole(report.counts) ? 'green' : 'not_green',
        counts: report.counts,
        bytes: report.bytes,
        duration_ms: ports.now() - started,
      },
    });
  }
  return toResult(input.run, source, report);
}

async function undo(
  ports: BackupPorts,
  input: RestoreInput,
  which: string,
  task: Task,
): Promise<RestoreResult> {
  const report = await ports.restores.undo({ id: input.run, which, dryRun: input.dryRun, task });
  if (!report.dryRun) {
    const { id, target, counts, undoes } = report;
    await ports.journal({
      id: `restore/${input.run}/undone`,
      type: 'restore.undone',
      data: { id, undoes: undoes ?? which, target, counts },
    });
  }
  return toResult(input.run, `undo of ${report.undoes ?? which}`, report);
}

/** The first destination, in the order of the config, that has the revision and can give its manifest. */
async function findRevision(ports: BackupPorts, input: RestoreInput, task: Task): Promise<Found> {
  const stores =
    input.destination === null
      ? ports.destinations.flatMap((each) => (each.state === 'ready' ? [each.store] : []))
      : [storeOf(ports, input.destination)];
  const reasons: string[] = [];
  for (const store of stores) {
    task.progress(`looking into ${store.name}`);
    const found = await tryStore(ports, store, input.at, task).catch((error: unknown) => errorMessage(error));
    if (typeof found !== 'string') return found;
    reasons.push(`${store.name}: ${found}`);
  }
  const why = reasons.length === 0 ? 'no destination is configured' : reasons.join('; ');
  throw new NxsError('NOTHING_TO_RESTORE', `No backup to restore was found (${why}).`);
}

async function tryStore(
  ports: BackupPorts,
  configured: Destination,
  at: string | null,
  task: Task,
): Promise<Found | string> {
  const store = await currentStore(ports, configured);
  if ((await store.access(ports.source.root)).state === 'absent')
    return `there is nothing at ${store.location}`;
  const commit = at === null ? ((await store.head())?.commit ?? null) : await store.resolve(at);
  if (commit === null)
    return at === null ? 'it holds no backup yet' : `it has no revision at or before "${at}"`;
  const { manifest } = await readCommit(store, commit, task, ports);
  if (manifest === null) return `${commit.slice(0, 12)} has no manifest, so nothing in it could be proved`;
  // Files go back to where they were, whatever they are called in the destination.
  const oids = manifest.files.map((file) => ({ ...file, path: file.local }));
  return { store, commit, files: oids };
}

function toResult(run: string, source: string, report: RestoreReport): RestoreResult {
  const { counts, files, target, dryRun } = report;
  const notes = files
    .filter(({ outcome }) => outcome === 'refused' || outcome === 'unverified' || outcome === 'kept')
    .map(({ path, outcome, reason }) => `${path}: ${outcome}${reason === null ? '' : ` (${reason})`}`);
  const parts = [
    `${plural(counts.restored, 'file')} ${dryRun ? 'would be restored' : 'restored'}`,
    ...(['same', 'refused', 'unverified', 'kept'] as const)
      .filter((key) => counts[key] > 0)
      .map((key) => `${counts[key]} ${key}`),
  ];
  return {
    run,
    source,
    target,
    ...counts,
    notes: notes.slice(0, NAMED),
    dryRun,
    summary: `${source} to ${target}: ${parts.join(', ')}`,
    undo: report.undo,
  };
}
