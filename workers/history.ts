// Looking at backups in this process: it works when nothing runs, and writes nothing.
import { diffBackups, type BackupDiff, type DiffInput } from '../activities/backup/diff.js';
import { listBackups, type DestinationHistory } from '../activities/backup/history.js';
import type { Config } from '../config/types.js';
import { backupPorts, SILENT } from './backup-parts.js';
import { standing } from './offline.js';

export type { BackupDiff, DestinationHistory };

type Progress = (line: string) => void;

/** The newest backups of one destination (by name) or of each. Throws NxsError USAGE. */
export function listHistory(
  config: Config,
  wanted: { readonly destination: string | null; readonly limit: number },
  progress: Progress,
): Promise<readonly DestinationHistory[]> {
  return listBackups(backupPorts(config, SILENT), wanted, standing(progress));
}

/** Two backups, or one and the data directory. Throws what `diffBackups` throws. */
export function diffHistory(config: Config, input: DiffInput, progress: Progress): Promise<BackupDiff> {
  return diffBackups(backupPorts(config, SILENT), input, standing(progress));
}
