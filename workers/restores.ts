// Fits the restore engine to the backup's port.
import { resolve } from 'node:path';
import type { RestorePort } from '../activities/backup/ports.js';
import { restoreFiles } from '../adapters/files/restore-files.js';
import { markRestored, settleRestored } from '../adapters/files/sync-state.js';
import { undoRestore } from '../adapters/files/undo.js';

export interface RestoreSite {
  /** Undo copies lie below it. */
  readonly undoDir: string;
  readonly dataDir: string;
  readonly stateDir: string;
}

/** Restores. One into the data directory makes sync wait: the other nodes get what it brought back when a person says so. */
export function openRestores({ undoDir, dataDir, stateDir }: RestoreSite): RestorePort {
  return {
    async restore({ id, files, wanted, source, target, dryRun, task }) {
      const isHere = !dryRun && resolve(target) === dataDir;
      // Before the first file: a cycle in between must not take half of a restore for a person's work.
      const waits = isHere && (await markRestored(stateDir, { id, at: now(), files: files.length }));
      const report = await restoreFiles({
        id,
        files,
        wanted,
        source,
        target,
        dryRun,
        undoDir,
        signal: task.signal as AbortSignal,
        progress: ({ phase, done, total }) => {
          task.progress(
            phase === 'stage' ? `${done} of ${total} bytes staged` : `${done} of ${total} files placed`,
          );
        },
      });
      if (waits) await settleRestored(stateDir, { id, at: now(), files: report.counts.restored });
      return report;
    },
    async undo({ id, which, dryRun, task }) {
      const signal = task.signal as AbortSignal;
      const report = await undoRestore({ id, undoDir, dryRun, of: which, signal });
      if (!dryRun && resolve(report.target) === dataDir)
        await settleRestored(stateDir, { id: report.undoes ?? which, at: now(), files: 0 });
      return report;
    },
  };
}

function now(): string {
  return new Date().toISOString();
}
