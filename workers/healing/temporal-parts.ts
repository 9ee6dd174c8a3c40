// What healing asks of Temporal itself.
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { providersWorkflowId } from '../../domain/ids.js';
import { NxsError } from '../../domain/errors.js';
import type { RunOfIncident } from '../../domain/healing/steps.js';

/** Server times (ms) of approve and deny, in the order of the history. Throws what the client throws. */
export async function signalTimes(
  client: Client | null,
  { workflowId, runId }: RunOfIncident,
): Promise<readonly number[]> {
  const { events } = await connected(client).workflow.getHandle(workflowId, runId).fetchHistory();
  return (events ?? []).flatMap((event) => {
    const name = event.workflowExecutionSignaledEventAttributes?.signalName;
    if (name !== 'approve' && name !== 'deny') return [];
    const { seconds, nanos } = event.eventTime ?? {};
    return [Number(seconds ?? 0) * 1000 + Math.floor((nanos ?? 0) / 1e6)];
  });
}

/** True when nobody can say. */
export async function isRunning(client: Client | null, workflowId: string): Promise<boolean> {
  if (client === null) return true;
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    return !(error instanceof WorkflowNotFoundError);
  }
}

/** The next provider goes first for so long (ms); returns its name. */
export async function switchProvider(client: Client | null, node: string, forMs: number): Promise<string> {
  const handle = connected(client).workflow.getHandle(providersWorkflowId(node));
  const result = await handle.executeUpdate<
    { readonly to: string | null; readonly order: readonly string[] },
    [object]
  >('switchProvider', { args: [{ to: 'backup', forMs, by: 'healing' }] });
  return result.to ?? result.order[0] ?? 'nobody';
}

function connected(client: Client | null): Client {
  if (client === null) throw new NxsError('TEMPORAL_UNREACHABLE', 'The worker does not poll yet.');
  return client;
}
