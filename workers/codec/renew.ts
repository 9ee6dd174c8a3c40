// The two loops of a node run for as long as it exists, and an idle one adds nothing to its history: after a change of the key their
// old payloads would stay for months, and the old key with them. So they are ended and begun anew, with what they knew.
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { payloadKeys } from '../../adapters/temporal/payload-key.js';
import type { Config } from '../../config/types.js';
import { errorMessage } from '../../domain/errors.js';
import type { HostWatch } from '../../domain/healing/steps.js';
import { healingWorkflowId, providersWorkflowId } from '../../domain/ids.js';
import type { Logger } from '../log.js';
import { readKeyUse } from './key-use.js';

/** ms that a loop has to say what it knows. */
const PATIENCE = 10_000;
const REASON = 'begun anew by nxs: payloads are written with another key now';

const NOTHING: HostWatch = { anomalies: [], blind: [] };

/**
 * To be called before the loops are started. Gives what the healing loop knew. A loop that cannot be asked goes on as it is: its key may be
 * missing, and come back. The manager's state is in the front too, which hands it in. Never rejects.
 */
export async function renewLoops(
  client: Client,
  { node, stateDir, nxs }: Pick<Config, 'node' | 'stateDir' | 'nxs'>,
  log: Logger,
): Promise<HostWatch> {
  const id = payloadKeys(nxs.temporal)[0]?.id ?? null;
  if (((await readKeyUse(stateDir))?.id ?? null) === id) return NOTHING;
  const [known] = await Promise.all([
    renew<HostWatch>(client, healingWorkflowId(node), log),
    renew(client, providersWorkflowId(node), log),
  ]);
  return known === null ? NOTHING : { anomalies: known.anomalies, blind: known.blind };
}

async function renew<T>(client: Client, workflowId: string, log: Logger): Promise<T | null> {
  const handle = client.workflow.getHandle(workflowId);
  try {
    const known = await client.withDeadline(Date.now() + PATIENCE, () => handle.query<T>('status'));
    await handle.terminate(REASON);
    return known;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError))
      log.warn({ workflowId, reason: errorMessage(error) }, 'it goes on with payloads of an older key');
    return null;
  }
}
