// The activities that the worker registers: each a thin coat (heartbeat, failure mapping) over a step of the capability.
import { beating } from './heartbeat.js';
import { checkAccess } from './backup/access.js';
import { checkBackup } from './backup/check.js';
import { healBackup } from './backup/heal.js';
import { planBackup } from './backup/plan.js';
import type { BackupPorts, Task } from './backup/ports.js';
import { publishBackup } from './backup/publish.js';
import { recordBackup } from './backup/record.js';
import { restoreBackup } from './backup/restore.js';
import { verifyBackup } from './backup/verify.js';
import type { BackupActivities } from './contracts.js';
import { toFailure } from './failure.js';

type Step<I, O> = (ports: BackupPorts, input: I, task: Task) => Promise<O>;

/** Binds the backup capability to its ports. `scrub` removes known secrets from failure messages. */
export function createBackupActivities(
  ports: BackupPorts,
  scrub: (text: string) => string,
): BackupActivities {
  const bind =
    <I, O>(step: Step<I, O>) =>
    async (input: I): Promise<O> => {
      try {
        return await beating((task) => step(ports, input, task));
      } catch (error) {
        throw toFailure(error, scrub);
      }
    };
  return {
    planBackup: bind(planBackup),
    publishBackup: bind(publishBackup),
    verifyBackup: bind(verifyBackup),
    healBackup: bind(healBackup),
    recordBackup: bind(recordBackup),
    checkAccess: bind(checkAccess),
    checkBackup: bind(checkBackup),
    restoreBackup: bind(restoreBackup),
  };
}
