// A server that asks us to wait gets a durable timer: a restart of the worker or of Temporal keeps the wait, and the web UI shows
// it with its reason. The step keeps what it has done, so the call after the wait goes on where this one stopped.
import { ActivityFailure, ApplicationFailure, sleep } from '@temporalio/workflow';
import type { Phase } from './phase.js';

/** Waits in one run, and their sum, ms: then it ends with the reason, and the next run of the schedule goes on. */
const MOST_WAITS = 500;
const LONGEST = 11 * 3_600_000;
/** Never a tight loop, whatever a server says, ms. */
const LEAST = 1_000;

/** The end of the wait (epoch ms) and its sentence when a step was told to wait; else null. */
function askedToWait(error: unknown): { readonly until: number; readonly reason: string } | null {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (!(cause instanceof ApplicationFailure) || cause.type !== 'RATE_LIMITED') return null;
  const { until } = (cause.details?.[0] ?? {}) as { until?: unknown };
  return typeof until === 'number' && Number.isFinite(until) ? { until, reason: cause.message } : null;
}

/** Calls `step` until it is not told to wait any more. `resume` is the phase to show again after a wait. */
export async function patiently<T>(phase: Phase, resume: string, step: () => Promise<T>): Promise<T> {
  const began = Date.now();
  for (let waits = 0; ; waits += 1) {
    try {
      return await step();
    } catch (error) {
      const wait = askedToWait(error);
      const ends = Math.max(LEAST, (wait?.until ?? 0) - Date.now());
      if (wait === null || waits >= MOST_WAITS || Date.now() + ends - began > LONGEST) throw error;
      phase.enter('waiting', wait.reason);
      await sleep(ends, { summary: wait.reason.slice(0, 200) });
      phase.enter(resume);
    }
  }
}
