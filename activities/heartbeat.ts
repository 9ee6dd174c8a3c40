// A long step must say that it lives (else Temporal waits for its whole time-out after a crash), and it hears of a
// cancellation only by doing so.
import { Context } from '@temporalio/activity';
import type { Task } from './backup/ports.js';

/** Well below the 10 s heartbeat time-out of the presets, so that one late beat is no death. */
const BEAT_MS = 2_000;

export interface Beat {
  /** ms between two. */
  readonly every: number;
  /** One at the start: it shows in the UI, and costs a write of the server's. */
  readonly atOnce: boolean;
}

/** Runs a step with a heartbeat that carries its latest words. */
export async function beating<T>(
  step: (task: Task) => Promise<T>,
  { every, atOnce }: Beat = { every: BEAT_MS, atOnce: true },
): Promise<T> {
  const context = Context.current();
  let latest = 'started';
  if (atOnce) context.heartbeat(latest);
  const timer = setInterval(() => context.heartbeat(latest), every);
  try {
    return await step({
      progress: (detail) => {
        latest = detail;
      },
      signal: context.cancellationSignal,
    });
  } finally {
    clearInterval(timer);
  }
}
