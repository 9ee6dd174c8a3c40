// Inputs and queries that the outside (CLI, schedules, dashboard) shares with the workflows.
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AttemptInput, CheckInput, RestoreInput, Usage } from '../activities/contracts.js';
import type { Trigger } from '../domain/backup/record.js';
import type { ResetRequest, SwitchRequest } from '../domain/failover/manager-messages.js';
import type { ManagerSummary } from '../domain/failover/manager-status.js';
import type { ManagedProvider, ManagerState } from '../domain/failover/manager.js';
import type { FailoverSnapshot } from '../domain/failover/snapshot.js';
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
