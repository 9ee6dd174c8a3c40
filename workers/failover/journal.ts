// Transitions, failovers and switches in the journal, off the hot path. A journal that cannot be written never keeps an
// answer from a client.
import { randomUUID } from 'node:crypto';
import { errorMessage } from '../../domain/errors.js';
import type { NewEvent } from '../../domain/journal.js';
import type { Transition } from '../../gateway/desk.js';
import type { Failover } from '../../gateway/watch.js';
import type { Switch } from '../../domain/failover/switching.js';
import type { Logger } from '../log.js';

export interface FailoverJournal {
  transition(transition: Transition): void;
  failover(failover: Failover): void;
  /** `from` answered again: its next failure is a new story. */
  answered(provider: string): void;
  switched(now: Switch): void;
  reset(provider: string | null): void;
  /** Waits until all of it is on the disk. */
  flush(): Promise<void>;
}

/** Of the many calls that meet one outage, the first one to another provider is told, and again after this, ms. */
const AGAIN_AFTER = 60_000;

export function failoverJournal(
  append: (event: NewEvent) => Promise<void>,
  log: Logger,
  now: () => number,
): FailoverJournal {
  const told = new Map<string, { readonly to: string; readonly at: number }>();
  let last = Promise.resolve();
  const write = (event: NewEvent): void => {
    last = last
      .then(() => append(event))
      .catch((error: unknown) =>
        log.error({ reason: errorMessage(error) }, 'the journal could not be written'),
      );
  };
  const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  return {
    transition({ provider, from, to, reason, until, at }) {
      const id = `provider/${provider}/${String(at)}/${to}/${randomUUID().slice(0, 8)}`;
      write({ id, type: 'provider.transition', data: { provider, from, to, reason, until: iso(until) } });
    },
    failover({ from, to, reason, ms, lane }) {
      const before = told.get(from);
      if (before !== undefined && before.to === to && now() - before.at < AGAIN_AFTER) return;
      told.set(from, { to, at: now() });
      const data = { from, to, reason, duration_ms: Math.round(ms), lane };
      write({ id: `failover/${randomUUID()}`, type: 'provider.failover', data });
    },
    answered: (provider) => void told.delete(provider),
    switched({ to, until, by, at }) {
      write({
        id: `switch/${String(at)}/${to ?? 'policy'}`,
        type: 'provider.switched',
        data: { to, until: iso(until), by },
      });
    },
    reset(provider) {
      write({ id: `reset/${randomUUID()}`, type: 'provider.reset', data: { provider } });
    },
    flush: () => last,
  };
}
