// An undo is a restore whose source is what an earlier restore kept. It spares every file that was changed since,
// and can itself be undone.
import { createReadStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobRead, ObjectRequest } from '../../domain/backup/ports.js';
import { errnoOf, errorMessage, NxsError } from '../../domain/errors.js';
import type { Operation } from '../../domain/restore/plan.js';
import type { RestoreReport } from '../../domain/restore/result.js';
import { keptPath } from './restore-keep.js';
import type { RunOptions } from './restore-options.js';
import { standing } from './restore-present.js';
import { isFinished, readRecord } from './restore-record.js';
import type { Step } from './restore-record.js';
import { restoreDir, runRestore } from './restore-run.js';

export interface UndoOptions extends Omit<RunOptions, 'id' | 'source' | 'target'> {
  /** Id of the undo itself; the same one goes on with the same undo. */
  readonly id: string;
  /** The restore to undo; 'latest' is the last one that was begun, be it an undo. */
  readonly of: string;
}

export interface UndoEntry {
  readonly id: string;
  /** When it began, ISO 8601, UTC. */
  readonly at: string;
  readonly target: string;
  readonly undoes: string | null;
  /** False: it was killed, and goes on when it is repeated. */
  readonly finished: boolean;
  /** Files that it set out to change. */
  readonly files: number;
}

/**
 * Gives back what a restore replaced and removes what it created, only where the file still has the bytes that
 * the restore wrote; other files are left and reported as `kept`. Throws NOTHING_TO_RESTORE when there is no
 * such restore, and what `restoreFiles` throws.
 */
export async function undoRestore(options: UndoOptions): Promise<RestoreReport> {
  const undoes = await resolveUndo(options);
  const dir = restoreDir(options.undoDir, undoes);
  const record = await readRecord(dir);
  if (record === null) throw new NxsError('NOTHING_TO_RESTORE', `There is no restore ${undoes} to undo.`);
  const operations: Operation[] = [];
  for (const step of record.steps.values()) operations.push(await undoOf(dir, step));
  return runRestore(operations, undoes, {
    ...options,
    source: keptSource(dir),
    target: record.header.target,
  });
}

/** Restores that can be undone, newest first. */
export async function listUndos(undoDir: string): Promise<readonly UndoEntry[]> {
  const entries: UndoEntry[] = [];
  for (const id of await names(undoDir)) {
    const dir = join(undoDir, id);
    const record = await readRecord(dir);
    if (record === null) continue;
    const { target, undoes, at } = record.header;
    entries.push({ id, at, target, undoes, finished: await isFinished(dir), files: record.steps.size });
  }
  return entries.sort((left, right) => (left.at < right.at ? 1 : left.at > right.at ? -1 : 0));
}

/**
 * Removes what restores before `olderThan` (ms since the epoch) kept. Returns their ids. What has no readable
 * record goes by its time of change.
 */
export async function pruneUndos(undoDir: string, olderThan: number): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const id of await names(undoDir)) {
    const dir = join(undoDir, id);
    const record = await readRecord(dir);
    const at = record === null ? (await stat(dir)).mtimeMs : Date.parse(record.header.at);
    if (!(at < olderThan)) continue;
    await rm(dir, { recursive: true, force: true });
    removed.push(id);
  }
  return removed;
}

/** An undo that is repeated after a crash must not take itself for the latest restore. */
async function resolveUndo(options: UndoOptions): Promise<string> {
  const begun = await readRecord(restoreDir(options.undoDir, options.id));
  if (begun !== null && begun.header.undoes !== null) return begun.header.undoes;
  if (options.of !== 'latest') return options.of;
  const latest = (await listUndos(options.undoDir)).find(({ id }) => id !== options.id);
  if (latest === undefined) throw new NxsError('NOTHING_TO_RESTORE', 'There is no restore to undo.');
  return latest.id;
}

async function undoOf(dir: string, step: Step): Promise<Operation> {
  const kept = await standing(keptPath(dir, step.path));
  const onlyIf = step.placed;
  if (kept.kind !== 'file') {
    // Nothing was kept and nothing stood there: the restore made the file, or was killed before it touched it.
    if (step.old === null) return { path: step.path, want: null, onlyIf };
  }
  const old = step.old ?? {
    sha256: '',
    size: kept.kind === 'file' ? Number(kept.stat.size) : 0,
    permissions: 0o600,
  };
  const { sha256, size, permissions } = old;
  return {
    path: step.path,
    onlyIf,
    want: { oid: step.path, sha256, size, executable: (permissions & 0o100) !== 0, permissions },
  };
}

function keptSource(dir: string): RunOptions['source'] {
  return {
    async *read(objects: readonly ObjectRequest[]): AsyncGenerator<BlobRead> {
      for (const { oid } of objects) {
        const path = keptPath(dir, oid);
        const there = await standing(path);
        if (there.kind === 'file') yield { oid, chunks: createReadStream(path) };
        else yield { oid, problem: 'missing', reason: 'the kept copy is not there any more' };
      }
    },
  };
}

async function names(undoDir: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(undoDir, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw new NxsError('STATE_UNREADABLE', `${undoDir} cannot be read: ${errorMessage(error)}.`, {}, error);
  }
}
