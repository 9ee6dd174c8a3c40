// Inputs and queries that the outside (CLI, schedules, dashboard) shares with the workflows.
import { defineQuery } from '@temporalio/workflow';
import type { CheckInput, RestoreInput } from '../activities/contracts.js';
import type { Trigger } from '../domain/backup/record.js';

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

/** Every workflow answers `status`: the phase it is in, in words, and since when (ISO). */
export interface WorkflowStatus {
  readonly phase: string;
  readonly since: string;
  readonly detail: string;
}

export const statusQuery = defineQuery<WorkflowStatus>('status');
