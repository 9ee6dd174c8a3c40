// A restore is one activity: it stages, proves and places files under a journal of its own, and is repeated with the same
// name until it is done. The workflow makes it durable and visible.
import { workflowInfo } from '@temporalio/workflow';
import type { RestoreResult } from '../domain/backup/results.js';
import { ended } from './failure.js';
import type { RestoreWorkflowInput } from './messages.js';
import { runName, trackPhase } from './phase.js';
import { bulk } from './proxies.js';
import { patiently } from './waiting.js';

/** Ends as Failed with RESTORE_NOT_VERIFIED when some file was not written; the result is in the details. */
export async function restoreFiles(input: RestoreWorkflowInput): Promise<RestoreResult> {
  const phase = trackPhase('restoring');
  const { node: _node, ...request } = input;
  const asked = { ...request, run: runName(), workflowId: workflowInfo().workflowId };
  const summary = input.undo === null ? 'read, hash, place' : 'undo a restore';
  const result = await patiently(phase, 'restoring', () =>
    bulk.restoreBackup.executeWithOptions({ summary }, [asked]),
  );
  const whole = result.unverified === 0 && result.refused === 0;
  phase.finish(whole ? 'green' : 'not_green', result.summary);
  if (!whole) throw ended('RESTORE_NOT_VERIFIED', result.summary, result);
  return result;
}
