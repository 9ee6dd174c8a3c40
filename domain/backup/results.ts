// What a verification and a restore end with: small enough for a workflow's result, and what `--json` prints.
import type { Counts, DestinationRecord } from './record.js';

export interface CheckResult {
  readonly green: boolean;
  readonly summary: string;
  readonly destinations: readonly {
    readonly name: string;
    readonly state: DestinationRecord['state'];
    readonly commit: string | null;
    readonly counts: Counts;
    readonly read: DestinationRecord['read'];
    readonly note: string | null;
    /** Entries that are not proved, the first 20. */
    readonly bad: readonly string[];
    readonly changedSince: number;
  }[];
}

export interface RestoreResult {
  readonly run: string;
  readonly source: string;
  readonly target: string;
  readonly restored: number;
  readonly same: number;
  readonly refused: number;
  readonly unverified: number;
  readonly kept: number;
  /** Files that were not restored, the first 20: "path: why". */
  readonly notes: readonly string[];
  readonly dryRun: boolean;
  readonly summary: string;
  readonly undo: string | null;
}
