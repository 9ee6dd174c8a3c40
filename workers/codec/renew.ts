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

export interface Renewed {
  /** Payloads are written with another key than at the last start. */
  readonly changed: boolean;
  /** What the healing loop knew. */
  readonly known: HostWatch;
  /** False: a loop goes on with payloads of an older key, and this has to be tried again at the next start. */
  readonly complete: boolean;
}

/**
 * To be called before the loops are started. A loop that cannot be asked goes on as it is: its key may be missing, and come back. The
 * manager's state is in the front too, which hands it in. Never rejects.
 */
export async function renewLoops(
  client: Client,
  { node, stateDir, nxs }: Pick<Config, 'node' | 'stateDir' | 'nxs'>,
  log: Logger,
): Promise<Renewed> {
  const id = payloadKeys(nxs.temporal)[0]?.id ?? null;
  if (((await readKeyUse(stateDir))?.id ?? null) === id)
    return { changed: false, known: NOTHING, complete: true };
  const [healing, providers] = await Promise.all([
    renew<HostWatch>(client, healingWorkflowId(node), log),
    renew(client, providersWorkflowId(node), log),
  ]);
  const complete = healing.kind !== 'stays' && providers.kind !== 'stays';
  if (healing.kind !== 'ended') return { changed: true, known: NOTHING, complete };
  const { anomalies, blind } = healing.known;
  return { changed: true, known: { anomalies, blind }, complete };
}

/** When the older of the two loops began, by the server's clock: ours may differ, and they must not count as older than their own key. */
export async function loopsBegan(client: Client, node: string): Promise<Date> {
  const starts = [healingWorkflowId(node), providersWorkflowId(node)].map(async (id) => {
    const { startTime } = await client.workflow.getHandle(id).describe();
    return startTime.getTime();
  });
  return new Date(Math.min(...(await Promise.all(starts))));
}

type Ended<T> =
  { readonly kind: 'none' } | { readonly kind: 'stays' } | { readonly kind: 'ended'; readonly known: T };

async function renew<T>(client: Client, workflowId: string, log: Logger): Promise<Ended<T>> {
  const handle = client.workflow.getHandle(workflowId);
  try {
    const { status } = await handle.describe();
    if (status.name !== 'RUNNING') return { kind: 'none' };
    const known = await client.withDeadline(Date.now() + PATIENCE, () => handle.query<T>('status'));
    await handle.terminate(REASON);
    return { kind: 'ended', known };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: 'none' };
    log.warn({ workflowId, reason: errorMessage(error) }, 'it goes on with payloads of an older key');
    return { kind: 'stays' };
  }
}
