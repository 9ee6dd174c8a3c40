// When did it begin to go wrong, and with whom: the failover time runs from there to the first good content.
import type { Fault } from '../../domain/failover/fault.js';
import type { Watch } from '../watch.js';

export interface Trouble {
  /** A provider failed or is silent past its limit; `began` is the start of that attempt (ms, monotonic). The first one counts. */
  note(provider: string, reason: Fault | 'silent', began: number): void;
  /** Somebody gives good content. */
  over(provider: string): void;
}

export function watchTrouble(watch: Watch): Trouble {
  let first: { readonly from: string; readonly reason: Fault | 'silent'; readonly at: number } | null = null;
  return {
    note(from, reason, at) {
      first ??= { from, reason, at };
    },
    over(to) {
      if (first === null || first.from === to) return;
      const { from, reason, at } = first;
      watch.failover({ from, to, reason, ms: performance.now() - at, lane: 'direct' });
    },
  };
}
