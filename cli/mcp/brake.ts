// A model that asks in a loop must not turn into load: so much time lies between two requests of a kind.
import { NxsError } from '../../domain/errors.js';

export interface Brake {
  /** Does the work when enough time has passed; one that fails does not count. Rejects with NxsError USAGE that says when. */
  pass<T>(now: number, work: () => Promise<T>): Promise<T>;
}

/** `apart` ms between two requests for `what`; `now` in ms. */
export function openBrake(what: string, apart: number): Brake {
  let last = Number.NEGATIVE_INFINITY;
  return {
    async pass(now, work) {
      const left = last + apart - now;
      if (left > 0)
        throw new NxsError(
          'USAGE',
          `${what} was asked for ${seconds(now - last)} s ago; the next one may be asked for in ${seconds(left)} s.`,
        );
      const before = last;
      last = now;
      try {
        return await work();
      } catch (error) {
        last = before;
        throw error;
      }
    },
  };
}

function seconds(ms: number): string {
  return String(Math.max(0, Math.ceil(ms / 1000)));
}
