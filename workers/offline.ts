// A restore must work on a machine where nothing else does: same steps, same journal, no Temporal.
import path from 'node:path';
import type { Task } from '../activities/backup/ports.js';
import { restoreBackup } from '../activities/backup/restore.js';
import type { RestoreInput } from '../activities/contracts.js';
import type { RestoreResult } from '../domain/backup/results.js';
import { acquireLock } from '../adapters/files/lock.js';
import { openJournal } from '../adapters/journal/append.js';
import type { Config } from '../config/types.js';
import { backupPorts, SILENT } from './backup-parts.js';

/** Held while a restore runs beside a control plane that may run: healing must not restart anything in the middle of it. */
export function offlineRestoreLock(stateDir: string): string {
  return path.join(stateDir, 'restore.lock');
}

/** Restores in this process. Throws what the step throws, and NxsError LOCKED when another one is at it. */
export async function restoreOffline(
  config: Config,
  request: Omit<RestoreInput, 'run' | 'workflowId'>,
  progress: (line: string) => void,
): Promise<RestoreResult> {
  const journal = openJournal({ dir: path.join(config.stateDir, 'journal'), node: config.node });
  const ports = backupPorts(config, {
    ...SILENT,
    journal: async (event) => {
      await journal.append([event]);
    },
  });
  const run = `${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}-offline-${process.pid}`;
  const lock = await acquireLock(offlineRestoreLock(config.stateDir), { purpose: 'a restore' });
  try {
    return await restoreBackup(ports, { ...request, run, workflowId: 'offline' }, standing(progress));
  } finally {
    await lock.release();
  }
}

/** A task outside of Temporal: nobody waits for a heartbeat, Ctrl-C ends the process. */
export function standing(progress: (line: string) => void): Task {
  return { progress, signal: new AbortController().signal };
}
