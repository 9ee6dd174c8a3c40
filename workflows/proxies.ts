// Named activity presets. Temporal's default is to retry for ever with no heartbeat; each of ours says why it is as it is.
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { BackupActivities } from '../activities/contracts.js';

/**
 * Reads and writes many files. It heartbeats, so a dead worker is known within 10 s and the step starts again on the next
 * one; six hours bound a first backup over a slow disk. Safe to repeat: every step is keyed by its run. A cancellation is
 * waited for, so that the record is written after the work has really stopped.
 */
export const bulk = proxyActivities<BackupActivities>({
  startToCloseTimeout: '6 hours',
  heartbeatTimeout: '10 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 2,
    maximumInterval: '1 minute',
    maximumAttempts: 5,
  },
});

/**
 * A look or a note: seconds at most. Retried longer than bulk work, because a record that is not written leaves a
 * finished backup unreported.
 */
export const brief = proxyActivities<BackupActivities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '10 seconds',
  retry: {
    initialInterval: '500 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '30 seconds',
    maximumAttempts: 10,
  },
});
