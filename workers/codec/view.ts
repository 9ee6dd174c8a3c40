// What `nxs encryption status` shows: which key writes, which only read, and whether a history that may need an older one is left.
import type { Client } from '@temporalio/client';
import { payloadKeys } from '../../adapters/temporal/payload-key.js';
import type { Config } from '../../config/types.js';
import { errorMessage } from '../../domain/errors.js';
import { reachTemporal } from '../reach-temporal.js';
import { livingRun, readRunFile } from '../run-file.js';
import { readKeyUse } from './key-use.js';
import { CODEC_PATH } from './routes.js';

/** Histories that began before the present key wrote. */
export interface OlderHistories {
  /** How many there are; those that are over among them go by themselves. */
  readonly count: number;
  /** Workflow ids of those that still run, at most `SHOWN`. */
  readonly running: readonly string[];
  /** ISO: when the last of those that are over goes; null: there are none, or the namespace does not say. */
  readonly last_goes: string | null;
}

export interface EncryptionView {
  /** Id of the key that encrypts; null: payloads are written in plain. */
  readonly encrypts: string | null;
  /** ISO; null: no worker has run with it yet. */
  readonly since: string | null;
  /** Ids of the keys that only read. */
  readonly reads: readonly string[];
  /** null: nobody can say, see `unknown`. */
  readonly older: OlderHistories | null;
  /** One sentence. */
  readonly unknown: string | null;
  /** True: the keys of `reads` are needed no more by what this node wrote. */
  readonly droppable: boolean;
  /** URL of the codec endpoint; null: no control plane runs. */
  readonly codec: string | null;
}

const SHOWN = 20;
/** More than these are not looked through for the date. */
const LOOKED_AT = 1000;

/** Asks Temporal where there is an older key to ask for. Never rejects. */
export async function viewEncryption(config: Config): Promise<EncryptionView> {
  const [first, ...rest] = payloadKeys(config.nxs.temporal);
  const run = livingRun(await readRunFile(config.stateDir));
  const use = await readKeyUse(config.stateDir);
  const encrypts = first?.id ?? null;
  const since = use !== null && use.id === encrypts ? use.since : null;
  const common = {
    encrypts,
    since,
    reads: rest.map(({ id }) => id),
    codec: run === null || encrypts === null ? null : run.http + CODEC_PATH,
  };
  if (encrypts === null && since === null) return { ...common, older: null, unknown: null, droppable: false };
  if (since === null) {
    const unknown = `No worker has written with ${encrypts ?? 'no key'} yet; start the control plane (again).`;
    return { ...common, older: null, unknown, droppable: false };
  }
  try {
    const reached = await reachTemporal(config);
    try {
      const older = await olderThan(reached.client, reached.namespace, config.node, since);
      return { ...common, older, unknown: null, droppable: older.count === 0 && rest.length > 0 };
    } finally {
      await reached.close();
    }
  } catch (error) {
    return { ...common, older: null, unknown: errorMessage(error), droppable: false };
  }
}

async function olderThan(
  client: Client,
  namespace: string,
  node: string,
  since: string,
): Promise<OlderHistories> {
  const query = `NxsNode = "${node}" AND StartTime < "${since}"`;
  const { count } = await client.workflow.count(query);
  // Not the SDK's list: it decodes memos, some of which may be of a key that is gone.
  const { executions } = await client.workflowService.listWorkflowExecutions({
    namespace,
    query,
    pageSize: LOOKED_AT,
  });
  const running = executions
    .filter(({ closeTime }) => !closeTime)
    .map(({ execution }) => execution?.workflowId);
  const closed = executions.map(({ closeTime }) => Number(closeTime?.seconds ?? 0) * 1000);
  const lastClosed = Math.max(0, ...closed);
  const retention = lastClosed === 0 ? 0 : await retentionOf(client, namespace);
  const goes = retention === 0 ? null : new Date(lastClosed + retention).toISOString();
  const ids = running.filter((id) => typeof id === 'string');
  return { count, running: ids.slice(0, SHOWN), last_goes: goes };
}

/** ms; 0 when the server does not say. */
async function retentionOf(client: Client, namespace: string): Promise<number> {
  const { config } = await client.connection.workflowService.describeNamespace({ namespace });
  return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1000;
}
