// A restore must work on a machine where nothing else does: same steps, same journal, no Temporal.
import path from 'node:path';
import type { Task } from '../activities/backup/ports.js';
import { restoreBackup } from '../activities/backup/restore.js';
import type { RestoreInput } from '../activities/contracts.js';
import type { RestoreResult } from '../domain/backup/results.js';
import { openJournal } from '../adapters/journal/append.js';
import type { Config } from '../config/types.js';
import { backupPorts, SILENT } from './backup-parts.js';

/** Restores in this process. Throws what the step throws. */
export function restoreOffline(
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
  return restoreBackup(ports, { ...request, run, workflowId: 'offline' }, standing(progress));
}

/** A task outside of Temporal: nobody waits for a heartbeat, Ctrl-C ends the process. */
export function standing(progress: (line: string) => void): Task {
  return { progress, signal: new AbortController().signal };
}
