// A look at what the next run would do, in this process: it works when nothing runs.
import { previewBackup, type BackupPreview } from '../activities/backup/preview.js';
import type { Config } from '../config/types.js';
import { backupPorts, SILENT } from './backup-parts.js';
import { standing } from './offline.js';

export type { BackupPreview };

/** Throws NxsError DATA_DIR_MISSING. */
export function previewRun(config: Config, progress: (line: string) => void): Promise<BackupPreview> {
  return previewBackup(backupPorts(config, SILENT), standing(progress));
}
