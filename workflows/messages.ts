// Inputs and queries that the outside (CLI, schedules, dashboard) shares with the workflows.
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AttemptInput, CheckInput, RestoreInput, Usage } from '../activities/contracts.js';
import type { Trigger } from '../domain/backup/record.js';
import type { ResetRequest, SwitchRequest } from '../domain/failover/manager-messages.js';
import type { ManagerSummary } from '../domain/failover/manager-status.js';
import type { ManagedProvider, ManagerState } from '../domain/failover/manager.js';
import type { FailoverSnapshot } from '../domain/failover/snapshot.js';
import type { Anomaly } from '../domain/healing/model.js';
import type { HostWatch, PlannedAct } from '../domain/healing/steps.js';
import type { Tried } from '../domain/healing/ladder.js';
import type { SyncStatus } from '../domain/sync/status.js';

export interface BackupInput {
  readonly node: string;
  readonly trigger: Trigger;
  readonly confirm: string | null;
}

export interface AccessCheckInput {
  readonly node: string;
}

export type VerifyWorkflowInput = Pick<CheckInput, 'destination' | 'level'> & {
  readonly node: string;
  /** Start a backup when something is wrong; scheduled verifications do, a person's look does not. */
  readonly heal: boolean;
};

export type RestoreWorkflowInput = Omit<RestoreInput, 'run' | 'workflowId'> & { readonly node: string };

export interface DrillInput {
  readonly node: string;
  /** null: every destination that is ready. */
  readonly destination: string | null;
}

/** Every workflow answers `status`: the phase it is in, in words, and since when (ISO). */
export interface WorkflowStatus {
  readonly phase: string;
  readonly since: string;
  readonly detail: string;
}

export const statusQuery = defineQuery<WorkflowStatus>('status');

export interface ProviderManagerInput {
  readonly node: string;
  readonly providers: readonly ManagedProvider[];
  /** Carried over by continue-as-new; null at the first start. */
  readonly state: ManagerState | null;
}

/** `status` of the provider manager. */
export type ProviderManagerStatus = WorkflowStatus & ManagerSummary;

/** What a switch or a reset answers: it is in force. */
export interface SwitchResult {
  /** Who goes first by a person's word; null: by policy. */
  readonly to: string | null;
  /** ISO 8601, UTC; null: until it is taken back. */
  readonly until: string | null;
  /** Names, as they are asked from now on. */
  readonly order: readonly string[];
}

export const managerStatusQuery = defineQuery<ProviderManagerStatus>('status');
/** What the front restores from. */
export const snapshotQuery = defineQuery<FailoverSnapshot>('snapshot');
/** The worker's config at its start. */
export const configureSignal =
  defineSignal<[{ readonly providers: readonly ManagedProvider[] }]>('configure');
/** What the front says has changed. */
export const reportSignal = defineSignal<[{ readonly snapshot: FailoverSnapshot }]>('report');
/** As a person types it; anything may come. */
export const switchSignal = defineSignal<[unknown]>('switchProvider');
/** Refused with one sentence when there is no such provider. */
export const switchUpdate = defineUpdate<SwitchResult, [SwitchRequest]>('switchProvider');
export const resetUpdate = defineUpdate<SwitchResult, [ResetRequest]>('resetProviders');

/** A durable call. The prompt lies in the claim-check files named `ref`. */
export type CompletionInput = Pick<AttemptInput, 'ref' | 'path' | 'facts' | 'deadline'> & {
  readonly node: string;
  /** SHA-256 of the request. */
  readonly digest: string;
  /** ms of silence after which the next provider is asked as well. */
  readonly hedgeAfter: number;
};

/** How a durable call ended; small, and without a word of prompt or answer. */
export interface CompletionResult {
  /** 200 with an answer; else what the client gets. */
  readonly status: number;
  /** Who answered, or whose own error it is; null: nobody. */
  readonly provider: string | null;
  readonly model: string | null;
  readonly attempts: number;
  /** Number of the attempt whose file holds the answer, or the provider's own error; null: none. */
  readonly answer: number | null;
  readonly usage: Usage | null;
  /** ms; null: no use. */
  readonly retryAfter: number | null;
  /** What happened, attempt by attempt. */
  readonly told: string;
}

export interface SyncInput {
  readonly node: string;
  /** Who asked: `schedule`, `start`, `cli`, `watch` (a file changed), `poll` (the hub moved), `nudge` (a peer says so). */
  readonly trigger: string;
  /** Meet the hub anew (`nxs sync join`). */
  readonly join: boolean;
}

/** One more cycle after the one that runs; many of them are one. */
export const syncAgainSignal = defineSignal('again');
/** The same, and answers with the status of a cycle that began after it came. */
export const syncRunUpdate = defineUpdate<SyncStatus, [{ readonly join: boolean }]>('run');

export interface HealingInput {
  readonly node: string;
  /** Carried over by continue-as-new. */
  readonly known: HostWatch;
}

/** `status` of the healing loop. */
export type HealingStatus = WorkflowStatus & HostWatch;

export const healingStatusQuery = defineQuery<HealingStatus>('status');

/** Starts an incident by hand; answers with its id. */
export const triggerUpdate = defineUpdate<{ readonly incident: string }, [unknown]>('trigger');

export interface IncidentInput {
  readonly node: string;
  readonly incident: string;
  readonly anomaly: Anomaly;
  /** Who triggered it; null: the monitor. */
  readonly by: string | null;
}

/** The open question of an incident. */
export interface OpenQuestion {
  readonly request: string;
  readonly planHash: string;
  /** ISO */
  readonly opened: string;
  readonly expires: string;
  readonly approvals: readonly string[];
  readonly quorum: number;
}

/** `status` of an incident. */
export type IncidentStatus = WorkflowStatus & {
  readonly anomaly: Anomaly;
  readonly tried: readonly Tried[];
  readonly act: PlannedAct | null;
  readonly question: OpenQuestion | null;
};

export interface IncidentResult {
  readonly outcome: 'healed' | 'cleared';
  readonly summary: string;
}

/** What a person is told about his word, at once. */
export interface GateAnswer {
  readonly accepted: boolean;
  readonly state: 'approved' | 'denied' | 'waiting' | 'refused';
  readonly sentence: string;
}

/** `request` null: the one that is open. */
export interface DecisionRequest {
  readonly by: string;
  readonly reason: string;
  readonly request: string | null;
  readonly signature: string | null;
}

/** As a person types them; anything may come. */
export const approveSignal = defineSignal<[unknown]>('approve');
export const denySignal = defineSignal<[unknown]>('deny');
export const approveUpdate = defineUpdate<GateAnswer, [DecisionRequest]>('approve');
export const denyUpdate = defineUpdate<GateAnswer, [DecisionRequest]>('deny');
