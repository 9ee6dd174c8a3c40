// Fits the restore engine to the backup's port.
import type { RestorePort } from '../activities/backup/ports.js';
import { restoreFiles } from '../adapters/files/restore-files.js';
import { undoRestore } from '../adapters/files/undo.js';

/** Restores whose undo copies lie below `undoDir`. */
export function openRestores(undoDir: string): RestorePort {
  return {
    restore: ({ id, files, wanted, source, target, dryRun, task }) =>
      restoreFiles({
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
      }),
    undo: ({ id, which, dryRun, task }) =>
      undoRestore({
        id,
        undoDir,
        dryRun,
        of: which,
        signal: task.signal as AbortSignal,
      }),
  };
}
