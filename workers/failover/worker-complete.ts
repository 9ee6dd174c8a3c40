// From a durable call to its workflow and back. The id is the client's idempotency key, so a repeated call finds the
// workflow of the first one, running or done; one that failed may run again.
import {
  ApplicationFailure,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import type { ClaimCheck } from '../../adapters/files/claim-check.js';
import { errorMessage, NxsError } from '../../domain/errors.js';
import { errorBody } from '../../domain/openai/error-body.js';
import { taskQueue, workflowId } from '../../domain/ids.js';
import type { CompletionInput, CompletionResult } from '../../workflows/messages.js';
import { kindAttributes } from '../attributes.js';
import type { WorkerCalls } from './calls.js';

type Params = Parameters<WorkerCalls['failover.complete']>[0];
type Completed = Awaited<ReturnType<WorkerCalls['failover.complete']>>;

export interface CompleteContext {
  /** On the worker's own connection: the workflow is started eagerly. */
  readonly client: Client;
  readonly node: string;
  readonly files: Pick<ClaimCheck, 'answer'>;
}

/** Throws NxsError TEMPORAL_UNREACHABLE when Temporal does not answer; asking again is safe. */
export async function completeDurably(context: CompleteContext, params: Params): Promise<Completed> {
  const id = workflowId(context.node, 'completion', params.id);
  try {
    return await completed(context, id, params);
  } catch (error) {
    if (error instanceof NxsError) throw error;
    throw new NxsError(
      'TEMPORAL_UNREACHABLE',
      `The workflow ${id} cannot be followed: ${errorMessage(error)}`,
    );
  }
}

async function completed(context: CompleteContext, id: string, params: Params): Promise<Completed> {
  const started = await start(context, id, params, 'ALLOW_DUPLICATE_FAILED_ONLY');
  if (started !== null) return toldOf(id, await resultOf(started));
  const handle = context.client.workflow.getHandle(id);
  const { memo } = await handle.describe();
  if (memo?.['digest'] !== params.digest)
    return ours(id, 422, 'idempotency_key_reused', 'This Idempotency-Key was used with another request.');
  const result = await resultOf(handle);
  if (result.answer === null || (await context.files.answer(params.id, result.answer)) !== null)
    return toldOf(id, result);
  // The answer is past its retention, the workflow is not: the key has done its work, this is a new call.
  const again = await start(context, id, params, 'ALLOW_DUPLICATE');
  return toldOf(id, await resultOf(again ?? handle));
}

/** null: there is one already that stands in the way. */
async function start(
  { client, node }: CompleteContext,
  id: string,
  params: Params,
  reuse: 'ALLOW_DUPLICATE' | 'ALLOW_DUPLICATE_FAILED_ONLY',
): Promise<WorkflowHandle | null> {
  const { id: ref, digest, facts, path, deadline, hedgeAfter } = params;
  const input: CompletionInput = { node, ref, digest, facts, path, deadline, hedgeAfter };
  try {
    return await client.workflow.start('completion', {
      workflowId: id,
      taskQueue: taskQueue(node),
      args: [input],
      requestEagerStart: true,
      workflowIdReusePolicy: reuse,
      memo: { digest },
      staticSummary: `${facts.kind}, about ${String(facts.promptTokens)} tokens of prompt`,
      typedSearchAttributes: kindAttributes(node, 'completion'),
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
    throw error;
  }
}

async function resultOf(handle: WorkflowHandle): Promise<CompletionResult> {
  try {
    return (await handle.result()) as CompletionResult;
  } catch (error) {
    const details =
      error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure
        ? error.cause.details
        : null;
    const result = details?.[0] as CompletionResult | undefined;
    if (typeof result?.status === 'number') return result;
    if (error instanceof WorkflowFailedError) return { ...ENDED, told: errorMessage(error.cause ?? error) };
    if (error instanceof WorkflowNotFoundError) return { ...ENDED, told: 'the workflow is gone' };
    throw error;
  }
}

/** Somebody cancelled or terminated it. */
const ENDED: CompletionResult = {
  status: 503,
  provider: null,
  model: null,
  attempts: 0,
  answer: null,
  usage: null,
  retryAfter: null,
  told: '',
};

function toldOf(id: string, result: CompletionResult): Completed {
  const { attempts, provider, status, answer, retryAfter, told } = result;
  if (answer !== null) return { workflowId: id, attempts, provider, status, answer, error: null, retryAfter };
  const [code, sentence] = WORDS[status] ?? ['no_provider_available', 'No provider can answer now'];
  return {
    ...ours(id, status, code, `${sentence} (${told || 'nobody was asked'}).`),
    attempts,
    provider,
    retryAfter,
  };
}

const WORDS: Readonly<Record<number, readonly [code: string, sentence: string]>> = {
  429: ['rate_limited', 'Every provider asks for a pause'],
  500: ['durable_call_failed', 'The call could not be made'],
  504: ['timeout', 'No provider answered within the time of the whole call'],
};

function ours(id: string, status: number, code: string, message: string): Completed {
  const error = { ...errorBody(status, code, message) };
  return { workflowId: id, attempts: 0, provider: null, status, answer: null, error, retryAfter: null };
}
