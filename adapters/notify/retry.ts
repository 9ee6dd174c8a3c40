// A server that restarts refuses connections for a second; that is no reason to tell people an hour later. More patience
// than that would hold up the job that tells.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from './channel.js';

/** Before the second and the third try, ms. */
const PAUSES = [250, 1000] as const;
/** A longer wait that a service asks for is left to the next notice, ms. */
const LONGEST_PAUSE = 2000;

export interface Limits {
  /** All tries and pauses together, ms. */
  readonly limit: number;
  /** Ends it at once. */
  readonly signal: AbortSignal;
  /** For tests: the pauses, ms. */
  readonly pauses?: readonly number[];
}

/** Tries up to three times, as long as the failure is one that may be over in a moment. Never throws. */
export async function withRetries(
  attempt: (signal: AbortSignal) => Promise<Outcome>,
  { limit, signal, pauses = PAUSES }: Limits,
): Promise<Outcome> {
  const clock = AbortSignal.timeout(limit);
  const either = AbortSignal.any([signal, clock]);
  for (let tries = 0; ; tries += 1) {
    const outcome = await attempt(either).catch(broken);
    const pause = pauses[tries];
    if (outcome.ok || !outcome.transient || pause === undefined || either.aborted) {
      return outcome.ok || !either.aborted ? outcome : outOfTime(limit, clock);
    }
    const wait = Math.max(pause, outcome.wait ?? 0);
    if (wait > LONGEST_PAUSE) return outcome;
    const rested = await sleep(wait, true, { signal: either }).catch(() => false);
    if (!rested) return clock.aborted ? outcome : outOfTime(limit, clock);
  }
}

function outOfTime(limit: number, clock: AbortSignal): Outcome {
  const reason = clock.aborted
    ? `it was not done within ${limit / 1000} s; raise its \`timeout\` if that is normal for it`
    : 'it was ended, since the process stops';
  return { ok: false, reason, transient: true, wait: null };
}

function broken(error: unknown): Outcome {
  const name = error instanceof Error ? error.name : typeof error;
  return { ok: false, reason: `it could not be tried (${name})`, transient: false, wait: null };
}
