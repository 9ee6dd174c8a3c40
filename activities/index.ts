// The activities that the worker registers: each a thin coat (heartbeat, failure mapping) over a step of the capability.
import { beating, type Beat } from './heartbeat.js';
import { checkAccess } from './backup/access.js';
import { checkBackup } from './backup/check.js';
import { planDrill, recordDrill } from './backup/drill-record.js';
import { drillRestore } from './backup/drill.js';
import { healBackup } from './backup/heal.js';
import { planBackup } from './backup/plan.js';
import type { BackupPorts } from './backup/ports.js';
import { publishBackup } from './backup/publish.js';
import { recordBackup } from './backup/record.js';
import { restoreBackup } from './backup/restore.js';
import { verifyBackup } from './backup/verify.js';
import type {
  BackupActivities,
  FailoverActivities,
  FailoverSteps,
  HealingActivities,
  SyncActivities,
} from './contracts.js';
import { attemptCompletion } from './failover/attempt.js';
import { joined } from './failover/joined.js';
import { monitorProviders } from './failover/monitor.js';
import type { FailoverPorts } from './failover/ports.js';
import { runningAttempts } from './failover/running.js';
import { stoppingFailure, toFailure } from './failure.js';
import { act } from './healing/act.js';
import { openDoctor } from './healing/doctor.js';
import { monitorHost } from './healing/monitor.js';
import { planStep } from './healing/plan.js';
import type { HealingPorts } from './healing/ports.js';
import {
  askApproval,
  closeIncident,
  noteAnswer,
  noteBlind,
  noteStuck,
  openIncident,
} from './healing/tell.js';
import { awaitClear, verifyHealed } from './healing/verify.js';
import { applyChanges } from './sync/apply.js';
import { captureChanges } from './sync/capture.js';
import { exchangeWithHub } from './sync/exchange.js';
import { finishCycle } from './sync/finish.js';
import type { SyncPorts } from './sync/ports.js';
import type { Task } from './task.js';

/** The coat of the steps of a capability: heartbeat, and failures as the error table has them. */
function coated<P>(ports: P, scrub: (text: string) => string, beat?: Beat) {
  return <I, O>(step: (ports: P, input: I, task: Task) => Promise<O>) =>
    async (input: I): Promise<O> => {
      try {
        return await beating((task) => step(ports, input, task), beat);
      } catch (error) {
        throw toFailure(error, scrub);
      }
    };
}

/** Binds the backup capability to its ports. `scrub` removes known secrets from failure messages. */
export function createBackupActivities(
  ports: BackupPorts,
  scrub: (text: string) => string,
): BackupActivities {
  const bind = coated(ports, scrub);
  return {
    planBackup: bind(planBackup),
    publishBackup: bind(publishBackup),
    verifyBackup: bind(verifyBackup),
    healBackup: bind(healBackup),
    recordBackup: bind(recordBackup),
    checkAccess: bind(checkAccess),
    checkBackup: bind(checkBackup),
    restoreBackup: bind(restoreBackup),
    planDrill: bind(planDrill),
    drillRestore: bind(drillRestore),
    recordDrill: bind(recordDrill),
  };
}

/** A killed worker's attempt must be known within seconds: somebody waits for the answer. Most are over before the first beat. */
const ATTEMPT_BEAT = { every: 1_000, atOnce: false };
/** It runs for months, and each beat is a write on the server's disk: two in its time-out of 10 s will do. */
const MONITOR_BEAT = { every: 4_000, atOnce: true };

/** Binds the failover capability to its ports. */
export function createFailoverActivities(
  ports: FailoverPorts,
  scrub: (text: string) => string,
): FailoverActivities & FailoverSteps {
  const attempts = runningAttempts();
  let monitor = new AbortController();
  const coat = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      const failure = toFailure(error, scrub);
      throw ports.stopping.aborted ? stoppingFailure(failure) : failure;
    }
  };
  return {
    attemptCompletion: (input) =>
      coat(beating((task) => attemptCompletion(ports, attempts, input, task), ATTEMPT_BEAT)),
    monitorProviders(input) {
      // One at a time: the one before may not have heard yet that its workflow has moved on.
      monitor.abort();
      const mine = (monitor = new AbortController());
      return coat(beating((task) => monitorProviders(ports, input, task, mine.signal), MONITOR_BEAT));
    },
    isSilent: ({ ref, number }) => Promise.resolve(attempts.isSilent(ref, number)),
    applySwitch: (next) => coat(ports.front.switchTo(next)),
    applyReset: ({ name }) => coat(ports.front.reset(name)),
  };
}

/** Most are over before the first beat. */
const SYNC_BEAT = { every: 2_000, atOnce: false };

/** Binds the sync capability to its ports. */
export function createSyncActivities(ports: SyncPorts, scrub: (text: string) => string): SyncActivities {
  const bind = coated(ports, scrub, SYNC_BEAT);
  return {
    captureChanges: bind(captureChanges),
    exchangeWithHub: bind(exchangeWithHub),
    applyChanges: bind(applyChanges),
    finishCycle: bind(finishCycle),
  };
}

/** A killed worker is known within the presets' 2.5 s. */
const HEALING_BEAT = { every: 1_000, atOnce: false };

/** Binds the healing capability to its ports. */
export function createHealingActivities(
  ports: HealingPorts,
  scrub: (text: string) => string,
): HealingActivities {
  const doctor = openDoctor(ports);
  // A worker that stops ends what only waits at once: the next one goes on with it.
  const coat =
    <I, O>(step: (input: I, task: Task) => Promise<O>, beat: Beat = HEALING_BEAT) =>
    async (input: I): Promise<O> => {
      try {
        return await beating(async (task) => {
          const over = joined([task.signal, ports.stopping]);
          try {
            return await step(input, {
              progress: (detail) => task.progress(scrub(detail)),
              signal: over.signal,
            });
          } finally {
            over.release();
          }
        }, beat);
      } catch (error) {
        const failure = toFailure(error, scrub);
        throw ports.stopping.aborted ? stoppingFailure(failure) : failure;
      }
    };
  return {
    monitorHost: coat((input, task) => monitorHost(ports, doctor, input, task), MONITOR_BEAT),
    awaitClear: coat((input, task) => awaitClear(ports, doctor, input, task), MONITOR_BEAT),
    noteBlind: coat((input) => noteBlind(ports, input)),
    openIncident: coat((input) => openIncident(ports, input)),
    planStep: coat((input, task) => planStep(ports, input, task)),
    askApproval: coat((input) => askApproval(ports, input)),
    signalTimes: coat((input) => ports.signalTimes(input)),
    checkSignature: coat((input) => Promise.resolve(ports.checkSignature(input))),
    noteAnswer: coat((input) => noteAnswer(ports, input)),
    act: coat((input, task) => act(ports, input, task)),
    verifyHealed: coat((input, task) => verifyHealed(ports, doctor, input, task)),
    noteStuck: coat((input) => noteStuck(ports, input)),
    closeIncident: coat((input) => closeIncident(ports, input)),
  };
}
