// Histories of what ran between two looks at the database, read as anybody reads them: over the server's API.
import type { Client } from '@temporalio/client';
import type { Engine } from '../subjects/fleet.js';
import { countActions, type Counted } from './actions.js';
import type { EngineRows, Execution } from './engine-rows.js';
import { kindOf } from './gained.js';
import { SCHEDULED } from './model.js';

/** Billable actions of a firing beside the start (docs.temporal.io/cloud/actions, "Schedule"). */
export const FIRING = 2;

export async function readCounted(client: Client, run: Execution): Promise<Counted> {
  const dashed = run.runId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const { events } = await client.workflow.getHandle(run.workflowId, dashed).fetchHistory();
  return countActions((events ?? []) as unknown as Record<string, unknown>[]);
}

/** Runs of ours that began in between. */
export function begun(before: EngineRows, after: EngineRows): readonly Execution[] {
  const known = new Set(before.executions.map(({ runId }) => runId));
  return after.executions.filter(({ runId, workflowId }) => !known.has(runId) && isOurs(workflowId));
}

function isOurs(workflowId: string): boolean {
  return !/^(server$|schedule:)/.test(kindOf(workflowId));
}

/** Actions of all runs that began in between, without heartbeats. */
export async function actionsOf(engine: Engine, before: EngineRows, after: EngineRows): Promise<number> {
  const { client, close } = await engine.connect();
  try {
    let actions = 0;
    for (const run of begun(before, after)) {
      const isFired = SCHEDULED.some((kind) => kind === kindOf(run.workflowId));
      actions += (await readCounted(client, run)).actions + (isFired ? FIRING : 0);
    }
    return actions;
  } finally {
    await close();
  }
}
