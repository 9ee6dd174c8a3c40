// Waiting by looking: nothing in a drill sleeps for a guessed time.
import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../../domain/errors.js';

const EVERY_MS = 50;

/**
 * Looks every 50 ms until it is there (not null, undefined or false) and returns it; a look that throws has not found it yet. Throws
 * after `within` ms, saying `what` and the last reason.
 */
export async function until<T>(
  what: string,
  within: number,
  look: () => Promise<T> | T,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + within;
  let last = '';
  do {
    try {
      const seen = await look();
      if (seen !== null && seen !== undefined && seen !== false)
        return seen as NonNullable<Exclude<T, false>>;
    } catch (error) {
      last = ` (${errorMessage(error)})`;
    }
    await sleep(EVERY_MS);
  } while (performance.now() < deadline);
  throw new Error(`${what}: not within ${within / 1000} s${last}`);
}
