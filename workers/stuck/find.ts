// Asks each running workflow of this node something that it can only answer after its history was replayed on the code that runs
// now. An idle run would else show weeks later, at the moment when it is needed, that it does not fit.
import { QueryNotRegisteredError, type Client } from '@temporalio/client';
import { taskQueue } from '../../domain/ids.js';
import { isReplayProblem, mendOf, plainReason, type StuckRun } from '../../domain/stuck-run.js';

/** Runs looked at; a node has a handful. */
const MOST = 100;
/** At the same time. */
const AT_ONCE = 4;
/** ms that one answer may take: a long history is replayed in a second. */
const ANSWER_MS = 10_000;
/** A task that failed so often in a row is no hiccup. */
const MANY_ATTEMPTS = 3;

interface Running {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
}

/** All that do not go on. Throws what the client throws when Temporal is away; a run that does not answer in time is passed over. */
export async function findStuck(client: Client, node: string): Promise<readonly StuckRun[]> {
  const running: Running[] = [];
  const query = `TaskQueue = '${taskQueue(node)}' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId, runId, type } of client.workflow.list({ query })) {
    running.push({ workflowId, runId, type });
    if (running.length >= MOST) break;
  }
  const found: StuckRun[] = [];
  const queue = [...running];
  const look = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const stuck = await stuckOf(client, next);
      if (stuck !== null) found.push(stuck);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, look));
  return found.sort((a, b) => (a.workflow < b.workflow ? -1 : 1));
}

async function stuckOf(client: Client, each: Running): Promise<StuckRun | null> {
  const { workflowId: workflow, runId: run, type } = each;
  const about = { workflow, run, type, mend: mendOf(type, workflow) };
  const misfit = await replayProblem(client, each);
  if (misfit !== null) return { ...about, why: 'replay', reason: plainReason(misfit) };
  const failing = await taskProblem(client, each);
  if (failing === null) return null;
  return { ...about, why: isReplayProblem(failing) ? 'replay' : 'failing', reason: plainReason(failing) };
}

async function replayProblem(client: Client, { workflowId, runId }: Running): Promise<string | null> {
  try {
    const handle = client.workflow.getHandle(workflowId, runId);
    await client.withDeadline(Date.now() + ANSWER_MS, () => handle.query('__temporal_workflow_metadata'));
    return null;
  } catch (error) {
    // The SDK registers this query for every workflow, so a refusal is the replay's.
    if (
      error instanceof QueryNotRegisteredError ||
      (error instanceof Error && isReplayProblem(error.message))
    )
      return error.message;
    return null;
  }
}

/** Why its task fails again and again: only the first failure is an event, the later ones are counted. */
async function taskProblem(client: Client, { workflowId, runId }: Running): Promise<string | null> {
  try {
    const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
    const { namespace } = client.options;
    if ((raw.pendingWorkflowTask?.attempt ?? 0) < MANY_ATTEMPTS) return null;
    const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace,
      execution: { workflowId, runId },
      maximumPageSize: 20,
    });
    const failed = (history?.events ?? []).find(
      (event) => (event.workflowTaskFailedEventAttributes ?? null) !== null,
    );
    const message = failed?.workflowTaskFailedEventAttributes?.failure?.message;
    return (
      message ?? `its workflow task fails again and again (${String(raw.pendingWorkflowTask?.attempt)} times)`
    );
  } catch {
    return null;
  }
}
