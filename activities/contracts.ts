// All that workflows may know of activities: types. Inputs and results are small and free of contents and secrets; what
// runs (destinations, tokens, paths) comes from the worker's own config.
import type { DrillRecord, DrillRun } from '../domain/backup/drill.js';
import type { Access } from '../domain/backup/ports.js';
import type { DestinationRecord, RunRecord, Trigger } from '../domain/backup/record.js';
import type { VerifyLevel } from '../domain/backup/proof.js';
import type { HealingDone, PublishedCommit, Verified } from '../domain/backup/proving.js';
import type { CheckResult, RestoreResult } from '../domain/backup/results.js';
import type { Fault } from '../domain/failover/fault.js';
import type { NamedReading } from '../domain/failover/manager.js';
import type { RequestFacts } from '../domain/failover/request.js';
import type { Switch } from '../domain/failover/switching.js';
import type * as healing from '../domain/healing/steps.js';
import type { SyncState, SyncStatus } from '../domain/sync/status.js';

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
  /** Error code when it failed; a plan of an older version has none. */
  readonly code?: string | null;
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

export type PublishResult = PublishedCommit;

export interface VerifyInput extends DestinationRef {
  /** 0 for the first look, then one more after each healing. */
  readonly round: number;
}

export type VerifyResult = Verified;

export interface HealResult extends HealingDone {
  readonly healed: number;
  /** Entries that the source no longer has in the expected form. */
  readonly lost: number;
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

export interface DrillPlanInput extends RunRef {
  /** null: every destination that is ready. */
  readonly destination: string | null;
}

export interface DrillPlan {
  readonly ready: readonly string[];
  /** Not configured. */
  readonly skipped: readonly string[];
}

export interface DrillRecordInput extends RunRef {
  readonly workflowId: string;
  readonly drills: readonly DrillRecord[];
  readonly skipped: readonly string[];
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
  planDrill(input: DrillPlanInput): Promise<DrillPlan>;
  drillRestore(input: DestinationRef): Promise<DrillRecord>;
  recordDrill(input: DrillRecordInput): Promise<DrillRun>;
}

/** Names the claim-check files of one durable call; its prompt and answer are there and nowhere else. */
export interface CallRef {
  readonly ref: string;
}

export interface AttemptRef extends CallRef {
  /** 1 for the first attempt of the call. */
  readonly number: number;
}

export interface AttemptInput extends AttemptRef {
  readonly path: '/chat/completions' | '/completions' | '/embeddings';
  readonly facts: RequestFacts;
  /** Names of each attempt so far, in order. */
  readonly tried: readonly string[];
  /** Not to be asked in this attempt: done with, or busy with another attempt of this call. */
  readonly excluded: readonly string[];
  /** ms to wait first, before the same provider is asked again. */
  readonly wait: number;
  /** ms since the epoch. */
  readonly deadline: number;
}

export interface Usage {
  readonly prompt: number | null;
  readonly completion: number | null;
}

export type AttemptResult =
  | {
      readonly kind: 'answered';
      readonly provider: string;
      /** Who answered, in the provider's words. */
      readonly model: string | null;
      readonly status: number;
      readonly usage: Usage | null;
      /** From the start of the attempt to the end of the answer. */
      readonly ms: number;
    }
  | {
      readonly kind: 'failed';
      readonly provider: string;
      readonly fault: Fault;
      readonly status: number | null;
      /** What follows; retry_here only while the provider has tries left. */
      readonly move: 'retry_here' | 'next' | 'give_back' | 'stop';
      /** Providers that need not be asked in this call any more. */
      readonly exclude: readonly string[];
      /** The provider's own error lies in the claim-check files. */
      readonly kept: boolean;
    }
  /** Nobody lets us in now. `retryAfter` in ms. */
  | { readonly kind: 'nobody'; readonly retryAfter: number | null; readonly reason: string };

export interface MonitorInput {
  /** Names of the providers to look at. */
  readonly names: readonly string[];
  /** Health as last told, by name: it returns when one differs. */
  readonly known: Readonly<Record<string, 'good' | 'bad' | 'unknown'>>;
}

/** Names, as they are asked from now on. */
export interface Order {
  readonly order: readonly string[];
}

export interface FailoverActivities {
  /** One call of one provider: claims, asks, settles, keeps the answer. */
  attemptCompletion(input: AttemptInput): Promise<AttemptResult>;
  /** Runs until the health of a provider changes. */
  monitorProviders(input: MonitorInput): Promise<{ readonly readings: readonly NamedReading[] }>;
}

/** Short steps that the worker does at hand, without a task of their own. */
export interface FailoverSteps {
  /** No content of this attempt has come yet. */
  isSilent(input: AttemptRef): Promise<boolean>;
  applySwitch(input: Switch): Promise<Order>;
  applyReset(input: { readonly name: string | null }): Promise<Order>;
}

/** Identifies a cycle of sync; derived from the workflow's ids. */
export interface CycleRef {
  readonly cycle: string;
}

export interface CaptureInput extends CycleRef {
  /** Meet the hub anew: nothing is deleted on either side, and where both differ the hub's version stays. */
  readonly join: boolean;
}

/** `state` other than `ok`: the cycle ends here, and `detail` says what it waits for. */
export interface CaptureResult {
  readonly state: SyncState;
  readonly detail: string | null;
  /** Local changes that the hub does not have. */
  readonly changes: number;
}

export interface ExchangeResult {
  readonly state: SyncState;
  readonly detail: string;
  readonly published: number;
  readonly toApply: number;
  readonly conflicts: number;
  readonly questions: number;
}

export interface ApplyResult {
  readonly applied: number;
  readonly raced: number;
  readonly failed: number;
  readonly detail: string | null;
}

export interface FinishInput extends CycleRef {
  readonly state: SyncState;
  readonly detail: string | null;
  readonly conflicts: number;
  readonly applied: number;
}

export interface SyncActivities {
  captureChanges(input: CaptureInput): Promise<CaptureResult>;
  exchangeWithHub(input: CycleRef): Promise<ExchangeResult>;
  applyChanges(input: CycleRef): Promise<ApplyResult>;
  finishCycle(input: FinishInput): Promise<SyncStatus>;
}

export interface HealingActivities {
  /** Runs until what is wrong with this machine changes. */
  monitorHost(input: healing.HostWatch): Promise<healing.HostWatch>;
  noteBlind(input: healing.BlindNote): Promise<void>;
  openIncident(input: healing.OpenIncidentInput): Promise<void>;
  planStep(input: healing.PlanStepInput): Promise<healing.PlannedStep>;
  askApproval(input: healing.AskInput): Promise<void>;
  /** Server times (ms) of the approve and deny signals of this run, in their order. */
  signalTimes(input: healing.RunOfIncident): Promise<readonly number[]>;
  checkSignature(input: healing.SignatureInput): Promise<'none' | 'good' | 'bad'>;
  noteAnswer(input: healing.AnswerNote): Promise<void>;
  /** Carries out what was decided, once, however often it is called. */
  act(input: healing.ActInput): Promise<healing.ActDone>;
  verifyHealed(input: healing.VerifyHealedInput): Promise<healing.HealedResult>;
  /** Runs until the subject is well. */
  awaitClear(input: healing.ClearInput): Promise<healing.Cleared>;
  noteStuck(input: healing.StuckNote): Promise<void>;
  closeIncident(input: healing.CloseIncidentInput): Promise<void>;
}
