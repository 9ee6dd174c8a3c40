// The nodes of a cluster: each has a healing loop there, whose monitor beats and says in which worker it runs.
import type { Client } from '@temporalio/client';
import type { ClusterNode } from '../../domain/fleet/fleet.js';
import { parseIdentity } from '../../domain/fleet/identity.js';
import { healingWorkflowId } from '../../domain/ids.js';
import { sideBySide } from '../../domain/side-by-side.js';

/** ms that Temporal has to answer. */
export const PATIENCE = 3_000;
/** Nodes that are asked about at once. */
export const AT_ONCE = 8;
/** More nodes than this need another page. */
const MOST = 100;

/** Nodes whose healing loop runs on this cluster, without their details. Rejects when Temporal does not answer in time. */
export async function clusterNodes(client: Client): Promise<readonly ClusterNode[]> {
  return client.withDeadline(Date.now() + PATIENCE, async () => {
    const found: string[] = [];
    const query = "WorkflowType = 'healingLoop' AND ExecutionStatus = 'Running'";
    for await (const { workflowId } of client.workflow.list({ query })) {
      const node = /^nxs\/(.+)\/healing$/.exec(workflowId)?.[1];
      if (node === undefined) continue;
      found.push(node);
      if (found.length >= MOST) break;
    }
    return sideBySide(found, AT_ONCE, (node) => clusterNode(client, node));
  });
}

async function clusterNode(client: Client, node: string): Promise<ClusterNode> {
  const { raw } = await client.workflow.getHandle(healingWorkflowId(node)).describe();
  const beats = (raw.pendingActivities ?? []).flatMap((activity) => {
    const time = activity.lastHeartbeatTime ?? activity.lastStartedTime;
    if (time === null || time === undefined) return [];
    return [{ at: Number(time.seconds) * 1000, worker: activity.lastWorkerIdentity ?? '' }];
  });
  const last = beats.sort((a, b) => b.at - a.at)[0];
  const worker = last === undefined ? null : parseIdentity(last.worker);
  return {
    node,
    last_seen: last === undefined ? null : new Date(last.at).toISOString(),
    host: worker?.host ?? null,
    version: worker?.version ?? null,
    details: null,
  };
}
