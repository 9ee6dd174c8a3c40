// What a restore says of each file, and when all of it may be called done.
import { NxsError } from '../errors.js';

/**
 * restored: it now has the wanted bytes (or is gone, where an undo removes it); same: it had them before;
 * refused: it must not or could not be touched; unverified: its bytes did not verify and were never
 * written; kept: it was changed since, an undo leaves it alone.
 */
export type RestoreOutcome = 'restored' | 'same' | 'refused' | 'unverified' | 'kept';

export interface FileResult {
  readonly path: string;
  readonly outcome: RestoreOutcome;
  /** What was done (or, in a dry run, would be). */
  readonly action: 'create' | 'replace' | 'remove' | 'none';
  /** One phrase when the file is not as asked for; null otherwise. */
  readonly reason: string | null;
  /** Wanted content; null where the file shall not be there. */
  readonly sha256: string | null;
  /** Bytes. */
  readonly size: number;
}

export type RestoreCounts = Readonly<Record<RestoreOutcome, number>>;

export interface RestoreReport {
  readonly id: string;
  /** Absolute path of the directory. */
  readonly target: string;
  /** In a dry run `restored` counts what would be. */
  readonly dryRun: boolean;
  /** The restore that this one undoes, or null. */
  readonly undoes: string | null;
  readonly files: readonly FileResult[];
  readonly counts: RestoreCounts;
  /** Bytes written. */
  readonly bytes: number;
  /** Id to undo this restore by; null when it changed nothing. */
  readonly undo: string | null;
}

export function countOutcomes(files: readonly Pick<FileResult, 'outcome'>[]): RestoreCounts {
  const counts = { restored: 0, same: 0, refused: 0, unverified: 0, kept: 0 };
  for (const { outcome } of files) counts[outcome] += 1;
  return counts;
}

/** True when every file has the wanted bytes. */
export function isWhole(counts: RestoreCounts): boolean {
  return counts.refused === 0 && counts.unverified === 0;
}

/** Throws NxsError RESTORE_NOT_VERIFIED naming the first files that are not as asked for. */
export function assertWhole(report: RestoreReport): void {
  if (isWhole(report.counts)) return;
  const bad = report.files.filter(({ outcome }) => outcome === 'refused' || outcome === 'unverified');
  const named = bad.slice(0, 5).map(({ path, reason }) => `${path} (${reason ?? 'no reason given'})`);
  const more = bad.length > named.length ? ` and ${bad.length - named.length} more` : '';
  throw new NxsError(
    'RESTORE_NOT_VERIFIED',
    `${bad.length} of ${report.files.length} files were not restored to ${report.target}: ${named.join(', ')}${more}.`,
    { counts: report.counts, files: bad.slice(0, 20).map(({ path }) => path) },
  );
}
