// What a command starts waits for a worker. On a cluster nothing ends that wait when no control plane runs: a job would hang, and what it
// started would run hours later, when nobody expects it any more.
import type { Client } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { NxsError } from '../domain/errors.js';

/** ms; a worker that was killed is back and polling in a third of this. */
const PATIENCE = 30_000;

/** A run that no worker has touched: started, and its first task scheduled. */
const UNTOUCHED = 2;

export interface Waiting {
  readonly client: Client;
  readonly node: string;
  readonly workflowId: string;
}

/**
 * `running`, unless no worker takes the workflow's first task in `patience` ms: it is withdrawn then, and NxsError
 * TEMPORAL_UNREACHABLE is thrown.
 */
export async function unlessUntaken<T>(
  waiting: Waiting,
  running: Promise<T>,
  patience: number = PATIENCE,
): Promise<T> {
  const over = new AbortController();
  const untaken = sleep(patience, undefined, { signal: over.signal })
    .then(() => withdraw(waiting, patience))
    .catch((error: unknown) => {
      if (error instanceof NxsError) throw error;
      return null;
    });
  try {
    // A worker is at it: only its end counts from now on.
    return await Promise.race([running, untaken.then(() => running)]);
  } catch (error) {
    // What we end ourselves fails at once, often before we have heard that it was ended: ours is the reason then.
    over.abort();
    await untaken;
    throw error;
  } finally {
    over.abort();
    running.catch(() => undefined);
  }
}

/** Throws when it had to be withdrawn. */
async function withdraw({ client, node, workflowId }: Waiting, patience: number): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  const { historyLength, status } = await handle.describe();
  if (status.name !== 'RUNNING' || historyLength > UNTOUCHED) return;
  await handle.terminate('no worker took it, and nobody waits for it any more');
  throw new NxsError(
    'TEMPORAL_UNREACHABLE',
    `No worker of node ${node} took it within ${String(patience / 1000)} s, so it was withdrawn; \`nxs up\` has to run as this node.`,
    { node, workflowId },
  );
}
