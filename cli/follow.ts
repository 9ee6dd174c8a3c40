// Starts a workflow, prints its link, shows its phase on a TTY, and gives back how it ended.
import { ApplicationFailure, QueryNotRegisteredError, WorkflowFailedError } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/types.js';
import { errorMessage, NxsError } from '../domain/errors.js';
import { startWorkflow, type Start } from '../workers/start-workflow.js';
import type { WorkflowStatus } from '../workflows/messages.js';
import type { Context } from './definition.js';
import { reachTemporal, workflowLink } from './setup.js';

const POLL_MS = 500;

export interface Ended {
  readonly workflowId: string;
  readonly link: string | null;
  /** The workflow's result; for a run that ended as Failed with a record, that record. */
  readonly value: unknown;
  readonly failed: boolean;
}

/**
 * Runs a workflow to its end. Throws NxsError TEMPORAL_UNREACHABLE, or ACTIVITY_FAILED when it ended without a record.
 */
export async function follow(
  context: Context,
  config: Config,
  start: Omit<Start, 'node' | 'by'>,
): Promise<Ended> {
  const reached = await reachTemporal(config);
  try {
    const handle = await startWorkflow(reached.client, { ...start, node: config.node, by: 'cli' });
    const runId = (handle as { firstExecutionRunId?: string }).firstExecutionRunId ?? '';
    const link = workflowLink(reached, handle.workflowId, runId);
    context.note(`workflow ${handle.workflowId}${link === null ? '' : `\n  ${link}`}`);
    const ended = { workflowId: handle.workflowId, link };
    const done = handle.result().then(
      (value: unknown) => ({ ...ended, value, failed: false }),
      (error: unknown) => ({ ...ended, value: recordOf(error), failed: true }),
    );
    const settled = done.catch(() => null);
    while ((await Promise.race([settled, sleep(POLL_MS, 'again' as const)])) === 'again') {
      const status = await handle.query<WorkflowStatus>('status').catch(ignoreEarlyQuery);
      if (status !== null)
        context.progress(`${status.phase}${status.detail === '' ? '' : `: ${status.detail}`}`);
    }
    context.progress(null);
    return await done;
  } finally {
    await reached.close();
  }
}

/** A query before the first workflow task, or while the worker restarts, is no reason to stop waiting. */
function ignoreEarlyQuery(error: unknown): null {
  if (error instanceof QueryNotRegisteredError || error instanceof Error) return null;
  throw error;
}

function recordOf(error: unknown): unknown {
  const cause = error instanceof WorkflowFailedError ? error.cause : error;
  if (cause instanceof ApplicationFailure && cause.details?.[0] !== undefined) return cause.details[0];
  throw new NxsError('ACTIVITY_FAILED', `The workflow failed: ${errorMessage(cause ?? error)}`, {}, error);
}
