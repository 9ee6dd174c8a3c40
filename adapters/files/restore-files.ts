// Files of a backup come back here; where the bytes come from is the caller's business.
import type { StagedFile } from '../../domain/backup/entry.js';
import { NxsError } from '../../domain/errors.js';
import type { Operation } from '../../domain/restore/plan.js';
import type { RestoreReport } from '../../domain/restore/result.js';
import { selectWanted } from '../../domain/restore/wanted.js';
import { runRestore } from './restore-run.js';
import type { RunOptions } from './restore-options.js';

/** A line of the backup's manifest; `path` is where it goes below the target. */
export type RestoreFile = Pick<StagedFile, 'path' | 'oid' | 'sha256' | 'size' | 'mode'>;

export interface RestoreOptions extends RunOptions {
  readonly files: readonly RestoreFile[];
  /** Exact paths, directories or globs; none = all. */
  readonly wanted?: readonly string[];
}

/**
 * Restores files: every byte staged beside its place and hashed, then moved in place file by file. What it
 * replaces is kept under `<undoDir>/<id>`. Safe to repeat with the same id after any crash. The report names
 * each file; `assertWhole` turns one with refused or unverified files into an error.
 *
 * Throws NxsError: NOTHING_TO_RESTORE (a wanted name matches nothing), USAGE, LOCKED (another restore writes in
 * the target), DESTINATION_UNWRITABLE (no space, no permission: nothing was changed), CANCELLED, and what the
 * source throws before its first byte.
 */
export async function restoreFiles(options: RestoreOptions): Promise<RestoreReport> {
  const { chosen, unmatched } = selectWanted(options.files, options.wanted ?? []);
  if (unmatched.length > 0) {
    throw new NxsError('NOTHING_TO_RESTORE', `The backup holds nothing named ${unmatched.join(', ')}.`, {
      unmatched,
    });
  }
  if (chosen.length === 0) throw new NxsError('NOTHING_TO_RESTORE', 'The backup holds no file.');
  return runRestore(chosen.map(operationOf), null, options);
}

function operationOf(file: RestoreFile): Operation {
  const { path, oid, sha256, size } = file;
  return { path, want: { oid, sha256, size, executable: file.mode === '100755', permissions: null } };
}
