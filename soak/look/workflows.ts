// What runs in a node's engine, and how long its histories are.
import { connectTemporal } from '../../adapters/temporal/connect.js';
import { embeddedTarget } from '../../adapters/temporal/target.js';
import type { WorkflowSeen } from '../checks/histories.js';
import type { SoakNode } from '../world/node.js';

/** Throws when Temporal is not reachable. With `all`: ended ones too, without what is at hand. */
export async function lookAtWorkflows(node: SoakNode, all = false): Promise<readonly WorkflowSeen[]> {
  const { client, close } = await connectTemporal(embeddedTarget(await node.plane.temporal(), []), 5_000);
  try {
    const seen: WorkflowSeen[] = [];
    const query = all ? {} : { query: 'ExecutionStatus = "Running"' };
    for await (const info of client.workflow.list(query)) {
      const { workflowId, runId, type, status, startTime } = info;
      const about = {
        node: node.name,
        id: workflowId,
        type,
        status: status.name,
        began: startTime.getTime(),
      };
      if (all) {
        seen.push({ ...about, ...sizeOf(info), taskAttempt: null, activities: [] });
        continue;
      }
      const described = await client.workflow
        .getHandle(workflowId, runId)
        .describe()
        .catch(() => null);
      if (described === null) continue;
      const { pendingWorkflowTask, pendingActivities } = described.raw;
      seen.push({
        ...about,
        status: described.status.name,
        ...sizeOf(described),
        taskAttempt: pendingWorkflowTask?.attempt ?? null,
        activities: (pendingActivities ?? []).map((each) => ({
          type: each.activityType?.name ?? '',
          attempt: each.attempt ?? 0,
          failure: each.lastFailure?.message ?? '',
        })),
      });
    }
    return seen;
  } finally {
    await close();
  }
}

function sizeOf(info: {
  readonly historyLength: number;
  readonly historySize?: number;
}): Pick<WorkflowSeen, 'events' | 'bytes'> {
  return { events: info.historyLength, bytes: info.historySize ?? 0 };
}
