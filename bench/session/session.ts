// One suite after the other; what one does to the machine's caches is all that the next one sees of it.
import { reasonOf } from '../measure/words.js';
import type { Order } from './options.js';
import type { Failed, Outcome, Result } from './outcome.js';

export interface SessionParts {
  /** Runs one suite; rejects when it ended without a result. */
  readonly measure: (order: Order) => Promise<Result>;
  /** Called after each suite, with all outcomes so far. */
  readonly done: (outcome: Outcome, all: readonly Outcome[]) => Promise<void> | void;
  /** Between two suites: true ends the session. */
  readonly cut: () => boolean;
  /** s, from any moment on. */
  readonly clock: () => number;
}

/** Every outcome, in order. A suite that fails is one of them, and the next one runs. */
export async function runSession(orders: readonly Order[], parts: SessionParts): Promise<readonly Outcome[]> {
  const all: Outcome[] = [];
  for (const order of orders) {
    if (parts.cut()) break;
    const began = parts.clock();
    const result = await parts.measure(order).catch(failed);
    if (parts.cut()) break;
    const { suite, rounds } = order;
    const seconds = parts.clock() - began;
    const outcome: Outcome =
      result.kind === 'failed' ? { suite, seconds, ...result } : { suite, rounds, seconds, ...result };
    all.push(outcome);
    await parts.done(outcome, all);
  }
  return all;
}

function failed(error: unknown): Pick<Failed, 'kind' | 'error'> {
  return { kind: 'failed', error: reasonOf(error) };
}
