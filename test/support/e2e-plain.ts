// The steps of a backup, called one after the other as the workflow does, without Temporal: for faults by the hundred.
// The order is that of workflows/backup.ts; nothing is replaced, git and files are real.
import { checkBackup } from '../../activities/backup/check.js';
import { planDrill, recordDrill } from '../../activities/backup/drill-record.js';
import { drillRestore } from '../../activities/backup/drill.js';
import { healBackup } from '../../activities/backup/heal.js';
import { planBackup } from '../../activities/backup/plan.js';
import type { BackupPorts } from '../../activities/backup/ports.js';
import { publishBackup } from '../../activities/backup/publish.js';
import { recordBackup } from '../../activities/backup/record.js';
import { restoreBackup } from '../../activities/backup/restore.js';
import { verifyBackup } from '../../activities/backup/verify.js';
import type { BackupPlan, RestoreInput } from '../../activities/contracts.js';
import type { DrillRun } from '../../domain/backup/drill.js';
import type { CheckResult, RestoreResult } from '../../domain/backup/results.js';
import type { Config } from '../../config/types.js';
import { blankRecord, finishedRecord, firstLook, lookAgain } from '../../domain/backup/proving.js';
import type { DestinationRecord, RunRecord } from '../../domain/backup/record.js';
import { errorCode, errorMessage } from '../../domain/errors.js';
import { backupPorts, SILENT } from '../../workers/backup-parts.js';
import { standing } from '../../workers/offline.js';

export type Step = 'planned' | 'published' | 'verified' | 'healed' | 'recorded';

export interface RunOptions {
  readonly confirm?: string;
  /** Names the run; by default a new one. */
  readonly run?: string;
  readonly onStep?: (step: Step) => void;
  /** Of a process that lives on, as the worker's does; by default those of a new one. */
  readonly ports?: BackupPorts;
}

const task = standing(() => undefined);
let count = 0;

/** Ports as a process that has just begun has them: all that it knows comes from the state directory. */
export function freshPorts(config: Config): BackupPorts {
  return backupPorts(config, SILENT);
}

/** One whole run. Never throws for a destination; a run without a plan is `failed`. */
export async function runBackup(config: Config, options: RunOptions = {}): Promise<RunRecord> {
  const ports = options.ports ?? freshPorts(config);
  const run = options.run ?? nextRun();
  const started = new Date().toISOString();
  const input = { run, workflowId: `plain/${run}`, trigger: 'person', started } as const;
  const finish = async (
    plan: BackupPlan | null,
    destinations: DestinationRecord[],
    failure: string | null,
  ) => {
    const record = await recordBackup(ports, { ...input, plan, destinations, failure });
    options.onStep?.('recorded');
    return record;
  };
  let plan: BackupPlan;
  try {
    plan = await planBackup(ports, { run, confirm: options.confirm ?? null }, task);
  } catch (error) {
    return finish(null, [], errorMessage(error));
  }
  options.onStep?.('planned');
  const records: DestinationRecord[] = [];
  for (const { name, kind, location, sameDisk, state, note, code } of plan.destinations) {
    const about = { name, kind, location, same_disk: sameDisk };
    if (plan.held !== null) records.push(blankRecord(about, 'skipped', null));
    else if (state !== 'ready') records.push(blankRecord(about, state, note, code));
    else records.push(await backUpTo(ports, run, blankRecord(about, 'failed', null), plan, options));
  }
  return finish(plan, records, null);
}

async function backUpTo(
  ports: BackupPorts,
  run: string,
  blank: DestinationRecord,
  plan: BackupPlan,
  { onStep }: RunOptions,
): Promise<DestinationRecord> {
  const destination = blank.name;
  try {
    const published = await publishBackup(ports, { run, destination }, task);
    onStep?.('published');
    let proving = firstLook(await verifyBackup(ports, { run, destination, round: 0 }, task));
    onStep?.('verified');
    for (let round = 1; round <= 2 && proving.verified.healable > 0; round++) {
      const healed = await healBackup(ports, { run, destination, round }, task);
      onStep?.('healed');
      proving = lookAgain(proving, healed, await verifyBackup(ports, { run, destination, round }, task));
    }
    return finishedRecord(blank, published, proving, plan.problems);
  } catch (error) {
    return { ...blank, note: errorMessage(error), code: errorCode(error) };
  }
}

/** A look from outside a run. */
export function verify(config: Config, level: 'quick' | 'rolling' | 'full' = 'full'): Promise<CheckResult> {
  const run = nextRun();
  return checkBackup(freshPorts(config), { run, workflowId: `plain/${run}`, destination: null, level }, task);
}

/** A restore, or an undo. Throws what the step throws. */
export function restore(config: Config, request: Partial<RestoreInput> = {}): Promise<RestoreResult> {
  const run = request.run ?? nextRun();
  const whole = { destination: null, at: null, to: null, paths: [], dryRun: false, undo: null };
  return restoreBackup(freshPorts(config), { ...whole, ...request, run, workflowId: `plain/${run}` }, task);
}

/** A restore drill of every destination. Throws what the step throws. */
export async function drill(config: Config, ports: BackupPorts = freshPorts(config)): Promise<DrillRun> {
  const run = nextRun();
  const { ready, skipped } = await planDrill(ports, { run, destination: null });
  const drills = [];
  for (const destination of ready) drills.push(await drillRestore(ports, { run, destination }, task));
  return recordDrill(ports, { run, workflowId: `plain/${run}`, drills, skipped });
}

function nextRun(): string {
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return `${now}-${process.pid}-${(count++).toString().padStart(6, '0')}`;
}
