// All that workflows may know of activities: types. Inputs and results are small and free of contents and secrets; what
// runs (destinations, tokens, paths) comes from the worker's own config.
import type { Access } from '../domain/backup/ports.js';
import type { Counts, DestinationRecord, RunRecord, Trigger } from '../domain/backup/record.js';
import type { VerifyLevel } from '../domain/backup/proof.js';
import type { CheckResult, RestoreResult } from '../domain/backup/results.js';

/** Identifies a run in the state directory; derived from the workflow's ids, so a retry finds its own work. */
export interface RunRef {
  readonly run: string;
}

export interface PlanInput extends RunRef {
  /** The token of a held run that a person lets pass once. */
  readonly confirm: string | null;
}

export interface PlannedDestination {
  readonly name: string;
  readonly kind: string;
  readonly location: string;
  readonly sameDisk: boolean | null;
  readonly state: 'ready' | 'not_configured' | 'failed';
  readonly note: string | null;
}

export interface BackupPlan {
  readonly files: number;
  readonly bytes: number;
  /** Files whose bytes were read in this run; the others are unchanged since they were last read. */
  readonly read: number;
  /** Entries that cannot be backed up (see the record). */
  readonly problems: number;
  readonly dataDir: string;
  readonly held: RunRecord['held'];
  readonly destinations: readonly PlannedDestination[];
}

export interface DestinationRef extends RunRef {
  readonly destination: string;
}

export interface PublishResult {
  readonly commit: string;
  readonly unchanged: boolean;
  readonly uploaded: number;
  /** What had to be done to make the destination usable; null when nothing. */
  readonly note: string | null;
}

export interface VerifyInput extends DestinationRef {
  /** 0 for the first look, then one more after each healing. */
  readonly round: number;
}

export interface VerifyResult {
  readonly counts: Counts;
  /** Entries that uploading again can mend. */
  readonly healable: number;
  readonly read: DestinationRecord['read'];
}

export interface HealResult {
  readonly healed: number;
  /** Entries that the source no longer has in the expected form. */
  readonly lost: number;
  readonly note: string;
}

export interface RecordInput extends RunRef {
  readonly workflowId: string;
  readonly trigger: Trigger;
  readonly started: string;
  readonly plan: BackupPlan | null;
  readonly destinations: readonly DestinationRecord[];
  /** Set when the run ended before it had a plan. */
  readonly failure: string | null;
}

export interface AccessResult {
  readonly destinations: readonly {
    readonly name: string;
    readonly access: Pick<Access, 'state' | 'detail' | 'sameDisk'> | null;
    /** ISO time of the newest run that was proved there; null: never. */
    readonly lastProved: string | null;
    readonly tooOld: boolean;
  }[];
  readonly healthy: boolean;
  /** True when a backup is due because the last proved one is older than the limit. */
  readonly backupDue: boolean;
  readonly summary: string;
}

export interface CheckInput extends RunRef {
  readonly workflowId: string;
  readonly destination: string | null;
  readonly level: Exclude<VerifyLevel, 'run'>;
}

export interface RestoreInput extends RunRef {
  readonly workflowId: string;
  readonly destination: string | null;
  /** Revision or ISO date; null: the newest. */
  readonly at: string | null;
  /** Absolute directory; null: the data directory. */
  readonly to: string | null;
  readonly paths: readonly string[];
  readonly dryRun: boolean;
  /** Undo an earlier restore ('latest' or its id) instead of reading a destination. */
  readonly undo: string | null;
}

export interface BackupActivities {
  planBackup(input: PlanInput): Promise<BackupPlan>;
  publishBackup(input: DestinationRef): Promise<PublishResult>;
  verifyBackup(input: VerifyInput): Promise<VerifyResult>;
  healBackup(input: VerifyInput): Promise<HealResult>;
  recordBackup(input: RecordInput): Promise<RunRecord>;
  checkAccess(input: RunRef & { readonly workflowId: string }): Promise<AccessResult>;
  checkBackup(input: CheckInput): Promise<CheckResult>;
  restoreBackup(input: RestoreInput): Promise<RestoreResult>;
}
