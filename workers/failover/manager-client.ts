// Talks to the provider manager. An update without a worker waits for ever, so it is given a limit.
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Config } from '../../config/types.js';
import { NxsError } from '../../domain/errors.js';
import { providersWorkflowId } from '../../domain/ids.js';
import type { SwitchResult } from '../../workflows/messages.js';

/** A worker answers in tens of ms; one that starts needs a few seconds. */
const PATIENCE = 10_000;

/**
 * Sends one update and waits until it is in force; null when no worker took it in time. Throws NxsError USAGE when the manager
 * refuses it, TEMPORAL_UNREACHABLE when there is no manager.
 */
export async function updateManager(
  client: Client,
  { node }: Pick<Config, 'node'>,
  name: 'switchProvider' | 'resetProviders',
  request: object,
): Promise<SwitchResult | null> {
  const handle = client.workflow.getHandle(providersWorkflowId(node));
  try {
    return await client.withDeadline(Date.now() + PATIENCE, () =>
      handle.executeUpdate<SwitchResult, [object]>(name, { args: [request] }),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return null;
    if (error instanceof WorkflowUpdateFailedError) {
      const { cause } = error;
      const usage = cause instanceof ApplicationFailure && cause.type === 'USAGE';
      throw new NxsError(usage ? 'USAGE' : 'ACTIVITY_FAILED', cause?.message ?? error.message, {}, error);
    }
    if (error instanceof WorkflowNotFoundError) {
      throw new NxsError(
        'TEMPORAL_UNREACHABLE',
        `The provider manager of node ${node} does not run: no worker has started there yet.`,
      );
    }
    throw error;
  }
}

/** Leaves a switch for the worker that comes next. Needs no worker. */
export async function queueSwitch(client: Client, node: string, request: object): Promise<void> {
  await client.workflow.getHandle(providersWorkflowId(node)).signal('switchProvider', request);
}
