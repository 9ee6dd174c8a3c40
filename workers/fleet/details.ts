// What the cluster's list of workflows tells of each node: incidents, the last backup, the last sync. Ids say which node, so it works
// also where the search attributes could not be registered.
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import type { ClusterNode, Last } from '../../domain/fleet/fleet.js';
import { sideBySide } from '../../domain/side-by-side.js';
import { AT_ONCE } from './cluster.js';

const MOST_INCIDENTS = 1_000;

/** The nodes with their details. Rejects when Temporal does not answer within `patience` ms. */
export async function withDetails(
  client: Client,
  nodes: readonly ClusterNode[],
  patience: number,
): Promise<readonly ClusterNode[]> {
  return client.withDeadline(Date.now() + patience, async () => {
    const incidents = await openIncidents(client);
    return sideBySide(nodes, AT_ONCE, async (each) => {
      const { node } = each;
      const [backup, sync] = await Promise.all([
        lastOf(client, 'backupAndVerify', `nxs/${node}/backup/`),
        lastOf(client, 'syncCycle', `nxs/${node}/sync/`),
      ]);
      const mine = incidents.filter((incident) => incident.node === node);
      const waiting = mine.filter((incident) => incident.waiting).map(({ id }) => id);
      return { ...each, details: { open: mine.map(({ id }) => id), waiting, backup, sync } };
    });
  });
}

interface OpenIncident {
  readonly node: string;
  readonly id: string;
  readonly waiting: boolean;
}

async function openIncidents(client: Client): Promise<readonly OpenIncident[]> {
  const found: OpenIncident[] = [];
  const query = "WorkflowType = 'healIncident' AND ExecutionStatus = 'Running'";
  for await (const info of client.workflow.list({ query })) {
    const [, node, id] = /^nxs\/(.+)\/incident\/(.+)$/.exec(info.workflowId) ?? [];
    if (node === undefined || id === undefined) continue;
    found.push({ node, id, waiting: attributeOf(info, 'NxsAwaitingApproval') === true });
    if (found.length >= MOST_INCIDENTS) break;
  }
  return found;
}

/** The latest one that has ended. `prefix` is made of a node's name, which has no quote in it. */
async function lastOf(client: Client, type: string, prefix: string): Promise<Last | null> {
  const query = `WorkflowType = '${type}' AND WorkflowId STARTS_WITH '${prefix}' AND ExecutionStatus != 'Running'`;
  for await (const info of client.workflow.list({ query, pageSize: 1 })) {
    const outcome = attributeOf(info, 'NxsOutcome');
    return {
      outcome: typeof outcome === 'string' ? outcome : info.status.name.toLowerCase(),
      at: info.closeTime?.toISOString() ?? null,
    };
  }
  return null;
}

function attributeOf(info: WorkflowExecutionInfo, name: string): unknown {
  return info.typedSearchAttributes.getAll().find(({ key }) => key.name === name)?.value;
}
