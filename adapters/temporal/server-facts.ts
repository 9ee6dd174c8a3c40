// What `nxs doctor` asks a server about itself.
import type { Client } from '@temporalio/client';
import type { ServerFacts } from '../../domain/drift.js';
import { SEARCH_ATTRIBUTES } from '../../domain/ids.js';
import { missingAttributes } from './namespace.js';

/** TASK_QUEUE_TYPE_WORKFLOW; the generated enum would pull the whole proto package in. */
const WORKFLOW_QUEUE = 1 as never;
const DAY_S = 24 * 60 * 60;

/** Throws what the client throws. */
export async function readServerFacts(client: Client, queue: string): Promise<ServerFacts> {
  const { workflowService } = client.connection;
  const { namespace } = client.options;
  const [info, described, missing, { pollers }] = await Promise.all([
    workflowService.getSystemInfo({}),
    workflowService.describeNamespace({ namespace }),
    missingAttributes(client),
    workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: queue },
      taskQueueType: WORKFLOW_QUEUE,
    }),
  ]);
  const seen = pollers.map(({ lastAccessTime: at }) => Number(at?.seconds ?? 0) * 1000);
  const retention = Number(described.config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  return {
    version: info.serverVersion,
    missing: missing.map((name) => `${name}=${SEARCH_ATTRIBUTES[name]}`),
    retentionDays: Math.floor((retention / DAY_S) * 10) / 10,
    polled: seen.length === 0 ? null : Math.max(...seen),
  };
}
