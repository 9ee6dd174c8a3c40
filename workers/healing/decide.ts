// A person's word to an incident: as an update, which answers at once, or as a signal where no worker is there to answer. The CLI and
// the page use the same.
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { NxsError } from '../../domain/errors.js';
import { healingWorkflowId, workflowId } from '../../domain/ids.js';
import type { DecisionRequest, GateAnswer } from '../../workflows/messages.js';

/** ms that a worker has to answer; one that polls takes tens of them. */
const PATIENCE = 3_000;

export type Spoken =
  | { readonly kind: 'answered'; readonly answer: GateAnswer }
  /** No worker polls: the word lies in the history, and counts by the time at which it came there. */
  | { readonly kind: 'queued' }
  | { readonly kind: 'gone' };

export async function speak(
  client: Client,
  node: string,
  incident: string,
  verdict: 'approve' | 'deny',
  word: DecisionRequest,
): Promise<Spoken> {
  const handle = client.workflow.getHandle(workflowId(node, 'incident', incident));
  try {
    const answer = await client.withDeadline(Date.now() + PATIENCE, () =>
      handle.executeUpdate<GateAnswer, [DecisionRequest]>(verdict, { args: [word] }),
    );
    return { kind: 'answered', answer };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: 'gone' };
    if (error instanceof WorkflowUpdateFailedError) {
      const sentence = error.cause?.message ?? error.message;
      return { kind: 'answered', answer: { accepted: false, state: 'refused', sentence } };
    }
    if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) throw error;
  }
  try {
    await handle.signal(verdict, word);
    return { kind: 'queued' };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: 'gone' };
    throw error;
  }
}

/** Starts an incident by hand. Throws NxsError USAGE with the loop's own sentence, TEMPORAL_UNREACHABLE when no worker answers. */
export async function triggerIncident(
  client: Client,
  node: string,
  trigger: object,
): Promise<{ readonly incident: string }> {
  const handle = client.workflow.getHandle(healingWorkflowId(node));
  try {
    return await client.withDeadline(Date.now() + PATIENCE, () =>
      handle.executeUpdate<{ readonly incident: string }, [object]>('trigger', { args: [trigger] }),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError)
      throw new NxsError('USAGE', error.cause?.message ?? error.message, {}, error);
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || error instanceof WorkflowNotFoundError)
      throw new NxsError('TEMPORAL_UNREACHABLE', `No worker of node ${node} answers; nothing was started.`);
    throw error;
  }
}
