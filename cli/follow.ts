// Starts a workflow, prints its link, shows its phase on a TTY, and gives back how it ended.
import { QueryNotRegisteredError, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TemporalFailure } from '@temporalio/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/types.js';
import { errorMessage, ERRORS, NxsError, type ErrorCode } from '../domain/errors.js';
import { startWorkflow, type Start } from '../workers/start-workflow.js';
import { unlessUntaken } from '../workers/untaken.js';
import type { WorkflowStatus } from '../workflows/messages.js';
import type { Context } from './definition.js';
import { uiLink } from '../workers/ui-link.js';
import { reachTemporal, staleConfig } from './setup.js';

const POLL_MS = 500;

export interface Ended {
  readonly workflowId: string;
  readonly link: string | null;
  /** The workflow's result; for a run that ended as Failed with a record, that record. */
  readonly value: unknown;
  readonly failed: boolean;
}

/**
 * Runs a workflow to its end. Throws NxsError TEMPORAL_UNREACHABLE, also when no worker takes it, or ACTIVITY_FAILED when it ended
 * without a record.
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
    const link = uiLink(reached, handle.workflowId, runId);
    const stale = await staleConfig(config);
    if (stale !== null) context.note(`warning: ${stale}`);
    context.note(`workflow ${handle.workflowId}${link === null ? '' : `\n  ${link}`}`);
    const ended = { workflowId: handle.workflowId, link };
    const waiting = { client: reached.client, node: config.node, workflowId: handle.workflowId };
    const done = unlessUntaken(
      waiting,
      handle.result().then(
        (value: unknown) => ({ ...ended, value, failed: false }),
        (error: unknown) => ({ ...ended, value: recordOf(error), failed: true }),
      ),
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

/** The record that a failed run carries; a failure without one is told by the code that its first cause has. */
function recordOf(error: unknown): unknown {
  const cause = error instanceof WorkflowFailedError ? error.cause : error;
  if (cause instanceof ApplicationFailure && cause.details?.[0] !== undefined) return cause.details[0];
  const first = firstCause(cause ?? error);
  const code = first instanceof ApplicationFailure ? codeOf(first) : null;
  if (code !== null) throw new NxsError(code, errorMessage(first), {}, error);
  if (first instanceof CancelledFailure)
    throw new NxsError('CANCELLED', 'The workflow was cancelled.', {}, error);
  throw new NxsError('ACTIVITY_FAILED', `The workflow failed: ${errorMessage(first)}`, {}, error);
}

/** Temporal wraps what an activity threw in failures of its own, which say nothing to a person. */
function firstCause(error: unknown): unknown {
  let at = error;
  while (at instanceof TemporalFailure && at.cause !== undefined) at = at.cause;
  return at;
}

/** The failure's type, when it is a row of our error table. */
function codeOf({ type }: ApplicationFailure): ErrorCode | null {
  return typeof type === 'string' && Object.hasOwn(ERRORS, type) ? (type as ErrorCode) : null;
}
