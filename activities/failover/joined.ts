// One signal out of several. Listeners are taken off again: a monitor that runs for months must not gather them.
import type { CancelSignal } from '../../domain/backup/ports.js';

export interface Joined {
  readonly signal: AbortSignal;
  end(): void;
  /** Takes the listeners off; the signal ends as well. */
  release(): void;
}

/** Aborts when any of them does. */
export function joined(signals: readonly CancelSignal[]): Joined {
  const controller = new AbortController();
  const end = () => controller.abort();
  for (const signal of signals) {
    if (signal.aborted) end();
    signal.addEventListener('abort', end);
  }
  return {
    signal: controller.signal,
    end,
    release() {
      for (const signal of signals) signal.removeEventListener('abort', end);
      end();
    },
  };
}
