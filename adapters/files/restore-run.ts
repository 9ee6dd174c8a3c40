// One mechanism for a restore and for its undo: look, plan, stage, record, keep, place. Killed anywhere, the same
// call with the same id completes it.
import { isAbsolute, join, resolve } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { NxsError } from '../../domain/errors.js';
import { isWhole } from '../../domain/restore/result.js';
import type { FileResult, RestoreReport } from '../../domain/restore/result.js';
import type { Operation } from '../../domain/restore/plan.js';
import { acquireLock } from './lock.js';
import { targetUnwritable } from './restore-errors.js';
import type { RunOptions } from './restore-options.js';
import { planTarget } from './restore-look.js';
import type { Planned } from './restore-look.js';
import { placeAll } from './restore-place-all.js';
import { readRecord, readResult, writeResult } from './restore-record.js';
import type { RestoreRecord } from './restore-record.js';
import { reportOf, storedReport, unplaced } from './restore-report.js';
import { stageFiles } from './restore-stage.js';
import type { Staged } from './restore-stage.js';
import { openStaging, RESTORE_LOCK } from './restore-staging.js';
import type { Staging } from './restore-staging.js';

/** Throws NxsError: USAGE, LOCKED (another restore writes in the target), DESTINATION_UNWRITABLE, CANCELLED. */
export async function runRestore(
  operations: readonly Operation[],
  undoes: string | null,
  options: RunOptions,
): Promise<RestoreReport> {
  const dir = restoreDir(options.undoDir, options.id);
  if (!isAbsolute(options.target))
    throw new NxsError('USAGE', `The target ${options.target} is not an absolute path.`);
  const settled = { ...options, target: resolve(options.target) };
  if (options.dryRun === true) {
    const planned = await planTarget(operations, settled.target);
    return reportOf(
      settled,
      undoes,
      planned.map((one) => unplaced(one, null)),
      0,
      null,
    );
  }
  try {
    await mkdir(settled.target, { recursive: true });
  } catch (error) {
    throw targetUnwritable(settled.target, error);
  }
  const lock = await acquireLock(join(settled.target, RESTORE_LOCK), {
    purpose: `restore ${options.id}`,
  }).catch((error: unknown) => {
    throw targetUnwritable(settled.target, error);
  });
  try {
    return await runLocked(operations, undoes, dir, settled);
  } finally {
    await lock.release();
  }
}

async function runLocked(
  operations: readonly Operation[],
  undoes: string | null,
  dir: string,
  options: RunOptions,
): Promise<RestoreReport> {
  // Read under the lock: what killed an attempt behind its last step also left the lock, which is now cleared away.
  const stored = storedReport(await readResult(dir), options);
  if (stored !== null && isWhole(stored.counts)) return stored;
  const earlier = await readRecord(dir);
  if (earlier !== null && earlier.header.target !== options.target) {
    throw new NxsError(
      'USAGE',
      `The id ${options.id} belongs to a restore to ${earlier.header.target}; choose another one.`,
    );
  }
  const planned = await planTarget(operations, options.target);
  const staging = await openStaging(options.target, options.id).catch((error: unknown) => {
    throw targetUnwritable(options.target, error);
  });
  const files = await stageAndPlace(planned, staging, earlier, undoes, dir, options).finally(() =>
    staging.remove(),
  );
  const changed =
    earlier !== null || files.some(({ outcome, action }) => outcome === 'restored' && action !== 'none');
  const report = reportOf(options, undoes, files, bytesOf(files), changed ? options.id : null);
  // Last of all: a result says that nothing is left to do, not even to clear away.
  if (changed) await writeResult(dir, report);
  return report;
}

async function stageAndPlace(
  planned: readonly Planned[],
  staging: Staging,
  earlier: RestoreRecord | null,
  undoes: string | null,
  dir: string,
  options: RunOptions,
): Promise<readonly FileResult[]> {
  const staged = await stage(planned, staging, options);
  const header = { v: 1 as const, restore: options.id, target: options.target, undoes, at: now(options) };
  const placed = await placeAll(planned, staged, earlier?.header ?? header, dir, options);
  return planned.map((one) => placed.get(one.operation.path) ?? unplaced(one, staged, earlier));
}

async function stage(
  planned: readonly Planned[],
  staging: Staging,
  options: RunOptions,
): Promise<ReadonlyMap<string, Staged>> {
  const files = [];
  try {
    for (const { operation, decision, base } of planned) {
      if (operation.want === null || (decision.action !== 'create' && decision.action !== 'replace'))
        continue;
      files.push({ path: operation.path, want: operation.want, directory: await staging.on(base) });
    }
  } catch (error) {
    throw targetUnwritable(options.target, error);
  }
  const total = files.reduce((sum, { want }) => sum + want.size, 0);
  let done = 0;
  return stageFiles(files, {
    source: options.source,
    target: options.target,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    progress: (bytes) => options.progress?.({ phase: 'stage', done: (done += bytes), total }),
  });
}

/** The directory of one restore. Throws USAGE for an id that is no plain name. */
export function restoreDir(undoDir: string, id: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(id)) return join(undoDir, id);
  throw new NxsError(
    'USAGE',
    `${JSON.stringify(id)} is no id of a restore: letters, digits, ".", "_" and "-" only, at most 128.`,
  );
}

function bytesOf(files: readonly FileResult[]): number {
  return files.reduce((sum, { outcome, size }) => sum + (outcome === 'restored' ? size : 0), 0);
}

function now(options: RunOptions): string {
  return new Date((options.clock ?? Date.now)()).toISOString();
}
