// Hourly: can every destination still be reached and written, and is the newest proved backup young enough?
import { ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import type { AccessResult } from '../activities/contracts.js';
import { workflowId } from '../domain/ids.js';
import { backupAndVerify } from './backup.js';
import { ended } from './failure.js';
import type { AccessCheckInput } from './messages.js';
import { runName, trackPhase } from './phase.js';
import { brief } from './proxies.js';

/** Checks access and recency; starts a backup (which outlives this check) when the last proved one is too old. */
export async function checkAccessAndRecency(input: AccessCheckInput): Promise<AccessResult> {
  const phase = trackPhase('checking');
  const run = runName();
  const result = await brief.checkAccess.executeWithOptions(
    { summary: 'access and age of every destination' },
    [{ run, workflowId: workflowInfo().workflowId }],
  );
  if (result.backupDue) {
    await startChild(backupAndVerify, {
      workflowId: workflowId(input.node, 'backup', `recency-${run}`),
      args: [{ node: input.node, trigger: 'recency', confirm: null }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: 'backup, because the last proved one is too old',
    });
  }
  phase.finish(result.healthy ? 'green' : 'not_green', result.summary);
  if (!result.healthy) throw ended('DESTINATION_UNREADABLE', result.summary, result);
  return result;
}
