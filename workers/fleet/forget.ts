// A node that is gone for good leaves runs and schedules on the cluster, which nobody takes up and `nxs fleet` reports as bad.
import { ScheduleNotFoundError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { pollersOf } from '../../adapters/temporal/pollers.js';
import { parseIdentity } from '../../domain/fleet/identity.js';
import { SILENT_AFTER } from '../../domain/fleet/rivals.js';
import { SCHEDULE_KINDS, scheduleId, taskQueue } from '../../domain/ids.js';
import { sideBySide } from '../../domain/side-by-side.js';
import { AT_ONCE } from './cluster.js';

export interface Forgotten {
  /** A worker that polls for this node, and then nothing was done; null: none does. `seen`: ISO. */
  readonly alive: {
    readonly host: string | null;
    readonly version: string | null;
    readonly seen: string;
  } | null;
  /** Ids of what was ended and removed, or would be. */
  readonly runs: readonly string[];
  readonly schedules: readonly string[];
}

export interface ForgetOptions {
  readonly dryRun: boolean;
  /** ms since the epoch. */
  readonly now: number;
}

/**
 * Ends the runs of a node (terminated: nobody is there who could end them well) and removes its schedules. Histories stay for the
 * retention of the namespace. A node of this name that comes later makes its own anew. Rejects when Temporal does not answer.
 */
export async function forgetNode(
  client: Client,
  node: string,
  { dryRun, now }: ForgetOptions,
): Promise<Forgotten> {
  const alive = await aliveOf(client, node, now);
  if (alive !== null) return { alive, runs: [], schedules: [] };
  const [runs, schedules] = await Promise.all([runsOf(client, node), schedulesOf(client, node)]);
  if (!dryRun) {
    // Schedules first, or they would begin the next run.
    await sideBySide(schedules, AT_ONCE, (id) => client.schedule.getHandle(id).delete().catch(unlessGone));
    const end = (id: string) => client.workflow.getHandle(id).terminate(`${node} was forgotten`);
    await sideBySide(runs, AT_ONCE, (id) => end(id).then(() => undefined, unlessGone));
  }
  return { alive, runs, schedules };
}

async function aliveOf(client: Client, node: string, now: number): Promise<Forgotten['alive']> {
  const { namespace } = client.options;
  const pollers = await pollersOf(client.workflowService, namespace, taskQueue(node));
  const last = [...pollers].sort((a, b) => b.seen - a.seen)[0];
  if (last === undefined || now - last.seen >= SILENT_AFTER) return null;
  const worker = parseIdentity(last.identity);
  return {
    host: worker?.host ?? null,
    version: worker?.version ?? null,
    seen: new Date(last.seen).toISOString(),
  };
}

/** `node` is a node's name, which has no quote in it. */
async function runsOf(client: Client, node: string): Promise<readonly string[]> {
  const found: string[] = [];
  const query = `WorkflowId STARTS_WITH 'nxs/${node}/' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of client.workflow.list({ query })) found.push(workflowId);
  return found;
}

async function schedulesOf(client: Client, node: string): Promise<readonly string[]> {
  const ids = SCHEDULE_KINDS.map((kind) => scheduleId(node, kind));
  const there = await sideBySide(ids, AT_ONCE, (id) =>
    client.schedule
      .getHandle(id)
      .describe()
      .then(
        () => [id],
        (error: unknown) => {
          unlessGone(error);
          return [];
        },
      ),
  );
  return there.flat();
}

function unlessGone(error: unknown): void {
  if (error instanceof ScheduleNotFoundError || error instanceof WorkflowNotFoundError) return;
  throw error;
}
