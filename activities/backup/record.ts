// The last step of every run, good or bad: the record, the journal, and a word to the person when something is not green.
import { outcomeOf, summarize, type DestinationRecord, type RunRecord } from '../../domain/backup/record.js';
import type { RecordInput } from '../contracts.js';
import { tellRun } from './notices.js';
import type { BackupPorts } from './ports.js';

/** Writes the record down. Repeating it writes the same event id once. */
export async function recordBackup(ports: BackupPorts, input: RecordInput): Promise<RunRecord> {
  const record = buildRecord(ports, input);
  await ports.state.saveRecord(record);
  await ports.journal({
    id: `backup/${record.run}/finished`,
    type: 'backup.finished',
    data: {
      run: record.run,
      outcome: record.outcome,
      trigger: record.trigger,
      files: record.files,
      bytes: record.bytes,
      counts: totals(record.destinations),
      destinations: record.destinations.map(({ name, state, commit, note, checks }) => ({
        name,
        state,
        commit,
        reason: note,
        checks,
      })),
      duration_ms: Math.max(0, Date.parse(record.finished) - Date.parse(record.started)),
    },
  });
  if (record.held !== null) {
    await ports.journal({
      id: `backup/${record.run}/held`,
      type: 'backup.held',
      data: { run: record.run, reason: record.summary, files: record.files, before: record.held.before },
    });
  }
  await tellRun(ports, record);
  await ports.stages.remove(record.run);
  await ports.tidy();
  return record;
}

function buildRecord(ports: BackupPorts, input: RecordInput): RunRecord {
  const { plan, destinations } = input;
  const held = plan?.held ?? null;
  const failure = input.failure ?? (plan !== null && plan.files === 0 ? nothingToBackUp(plan.dataDir) : null);
  return {
    run: input.run,
    workflow_id: input.workflowId,
    node: ports.settings.node,
    trigger: input.trigger,
    outcome: held !== null ? 'held' : failure !== null ? 'failed' : outcomeOf(destinations),
    started: input.started,
    finished: new Date(ports.now()).toISOString(),
    data_dir: ports.source.root,
    files: plan?.files ?? 0,
    bytes: plan?.bytes ?? 0,
    problems: plan?.problems ?? 0,
    summary: describe(plan?.files ?? 0, destinations, held, failure),
    held,
    destinations: [...destinations],
  };
}

/** An empty backup that "succeeded" is how data is lost (borg #5144). */
function nothingToBackUp(dataDir: string): string {
  return `no file in ${dataDir} could be backed up; check data_dir and the files in backup-manifest.yaml`;
}

function describe(
  files: number,
  destinations: readonly DestinationRecord[],
  held: RunRecord['held'],
  failure: string | null,
): string {
  if (held !== null) {
    return (
      `held: ${held.missing} of ${held.before} files are gone since the last backup, nothing was changed; ` +
      `if that is meant: nxs backup run --confirm ${held.token}`
    );
  }
  return failure === null ? summarize(files, destinations) : `backup failed: ${failure}`;
}

function totals(destinations: readonly DestinationRecord[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { counts } of destinations) {
    for (const [status, count] of Object.entries(counts)) sum[status] = (sum[status] ?? 0) + count;
  }
  return sum;
}
