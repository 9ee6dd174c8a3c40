// Reads a destination back against the manifest of the last proved run. The hourly rolling pass keeps every byte's last
// read younger than a week; `full` reads all of it now.
import { ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import type { CheckResult } from '../domain/backup/results.js';
import { workflowId } from '../domain/ids.js';
import { backupAndVerify } from './backup.js';
import { ended } from './failure.js';
import type { VerifyWorkflowInput } from './messages.js';
import { runName, trackPhase } from './phase.js';
import { bulk } from './proxies.js';
import { patiently } from './waiting.js';

/** Returns what it saw when all is proved; else ends as Failed with BACKUP_NOT_GREEN and the result in the details. */
export async function verifyBackups(input: VerifyWorkflowInput): Promise<CheckResult> {
  const phase = trackPhase('reading back');
  const run = runName();
  const asked = {
    run,
    workflowId: workflowInfo().workflowId,
    destination: input.destination,
    level: input.level,
  };
  const result = await patiently(phase, 'reading back', () =>
    bulk.checkBackup.executeWithOptions({ summary: `${input.level} verification` }, [asked]),
  );
  phase.finish(result.green ? 'green' : 'not_green', result.summary);
  if (result.green) return result;
  if (input.heal) {
    await startChild(backupAndVerify, {
      workflowId: workflowId(input.node, 'backup', `verification-${run}`),
      args: [{ node: input.node, trigger: 'verification', confirm: null }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: 'backup, because verification found damage',
    });
  }
  throw ended('BACKUP_NOT_GREEN', result.summary, result);
}
