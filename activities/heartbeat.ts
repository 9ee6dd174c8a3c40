// A long step must say that it lives (else Temporal waits for its whole time-out after a crash), and it hears of a
// cancellation only by doing so.
import { Context } from '@temporalio/activity';
import type { Task } from './backup/ports.js';

/** Well below the 10 s heartbeat time-out of the presets, so that one late beat is no death. */
const BEAT_MS = 2_000;

/** Runs a step with a heartbeat, every `every` ms, that carries its latest words. */
export async function beating<T>(step: (task: Task) => Promise<T>, every = BEAT_MS): Promise<T> {
  const context = Context.current();
  let latest = 'started';
  context.heartbeat(latest);
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
