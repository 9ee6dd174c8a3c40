// Named activity presets. Temporal's default is to retry for ever with no heartbeat; each of ours says why it is as it is.
import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type {
  BackupActivities,
  FailoverActivities,
  FailoverSteps,
  HealingActivities,
  SyncActivities,
} from '../activities/contracts.js';

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

/**
 * A step of a sync cycle: a fraction of a second as a rule, minutes for a first meeting. It heartbeats, so a dead worker is known
 * within 10 s, and each step finds its own work when it is repeated. A hub that does not answer is a result and no failure, so
 * few retries will do: the next cycle comes in minutes.
 */
export const quick = proxyActivities<SyncActivities>({
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '10 seconds',
  retry: {
    initialInterval: '500 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '30 seconds',
    maximumAttempts: 5,
  },
});

/**
 * One call of one provider. It beats every second, so a killed worker is known within 5 s and the next one asks again;
 * what it was answered lies in a file, so nothing is asked twice that was answered. Not waited for when it is cancelled:
 * the answer of the other one must not wait for the loser's end. `until` (ms from now) bounds it with all its retries: the
 * call is of no use after its deadline.
 */
export function askUntil(
  until: number,
): ReturnType<typeof proxyActivities<Pick<FailoverActivities, 'attemptCompletion'>>> {
  return proxyActivities<Pick<FailoverActivities, 'attemptCompletion'>>({
    scheduleToCloseTimeout: Math.max(1, until),
    heartbeatTimeout: '5 seconds',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: {
      initialInterval: '100 milliseconds',
      backoffCoefficient: 2,
      maximumInterval: '2 seconds',
    },
  });
}

/**
 * The health monitor: one activity that goes on for as long as nothing changes, so that an idle night adds no history.
 * Nothing but its beat bounds it (Temporal wants some limit: a year), and it is retried for ever, at most 30 s apart: a node
 * without its monitor would wait for users to find out what is back.
 */
export const watching = proxyActivities<Pick<FailoverActivities, 'monitorProviders'>>({
  startToCloseTimeout: '365 days',
  heartbeatTimeout: '10 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: {
    initialInterval: '500 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '30 seconds',
  },
});

/** A word with the front's process, which is next door: milliseconds, so it needs no task of its own. Somebody waits for it. */
export const atHand = proxyLocalActivities<FailoverSteps>({
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '100 milliseconds', maximumAttempts: 3 },
});

type Long = 'monitorHost' | 'awaitClear' | 'act' | 'verifyHealed';

/** A look or a note of healing. A killed worker is known within 2.5 s: somebody waits for what is broken. */
export const healing = proxyActivities<Omit<HealingActivities, Long>>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '2500 milliseconds',
  retry: { initialInterval: '100 milliseconds', backoffCoefficient: 2, maximumInterval: '10 seconds' },
});

/**
 * The act and the look whether it helped. Both are keyed by the request, and the act runs at most once under it, so both are
 * repeated for as long as it takes. What the act may take is bounded by the commands' own time-outs.
 */
export const healingWork = proxyActivities<Pick<HealingActivities, 'act' | 'verifyHealed'>>({
  startToCloseTimeout: '24 hours',
  heartbeatTimeout: '2500 milliseconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '100 milliseconds', backoffCoefficient: 1.5, maximumInterval: '5 seconds' },
});

/** Looks for as long as nothing changes, like `watching`. */
export const healingWatch = proxyActivities<Pick<HealingActivities, 'monitorHost' | 'awaitClear'>>({
  startToCloseTimeout: '365 days',
  heartbeatTimeout: '10 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});
