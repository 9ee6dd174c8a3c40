// Breaker and switch state as it is kept: in the snapshot file that survives kill -9, and in the manager workflow. Where both
// know something, the later stamp wins.
import { z } from 'zod';
import type { Breaker } from './breaker.js';
import { newRecord, type ProviderRecord } from './record.js';
import type { Switch } from './switching.js';

/** What is written must be readable again, so the same bounds hold on both sides. */
const LONGEST = 300;
const MOST_FAILURES = 1000;

const time = z.number().nonnegative();
const samples = z.array(z.number().nonnegative()).max(64);
const perSize = z.tuple([samples, samples, samples]);

const provider = z.object({
  /** When this was last changed, ms since the epoch. */
  stamp: time,
  state: z.enum(['closed', 'open', 'half_open']),
  since: time,
  episode: z.number().int().nonnegative(),
  /** End of the open time. */
  until: time.nullable(),
  reason: z.string().max(LONGEST).nullable(),
  failures: z.array(time).max(MOST_FAILURES),
  cooling: z
    .object({ since: time, until: time, reason: z.string().max(LONGEST), times: z.number().int().positive() })
    .nullable(),
  learned: z
    .object({ first: perSize, whole: perSize, answered: time.nullable(), warmSince: time.nullable() })
    .optional(),
});

const providerState = provider.refine(({ state, until }) => state !== 'open' || until !== null, {
  message: 'an open breaker has an end',
  path: ['until'],
});

const switchState = z.object({
  to: z.string().nullable(),
  until: time.nullable(),
  at: time,
  by: z.string(),
});

export const failoverSnapshot = z.object({
  v: z.literal(1),
  providers: z.record(z.string(), providerState),
  switch: switchState,
});

/** What is kept of one provider. */
export type ProviderState = Readonly<z.infer<typeof providerState>>;
export type FailoverSnapshot = Readonly<z.infer<typeof failoverSnapshot>>;

/** What of a record is worth keeping. `learned` only for the file: the workflow has no use for it. */
export function stateOf(record: ProviderRecord, stamp: number, withLearned: boolean): ProviderState {
  const { breaker, cooling, learned } = record;
  return {
    stamp,
    state: breaker.state,
    since: breaker.since,
    episode: breaker.episode,
    until: breaker.state === 'open' ? breaker.until : null,
    reason: breaker.state === 'closed' ? null : breaker.reason.slice(0, LONGEST),
    failures: breaker.state === 'closed' ? breaker.failures.slice(-MOST_FAILURES) : [],
    cooling: cooling === null ? null : { ...cooling, reason: cooling.reason.slice(0, LONGEST) },
    ...(withLearned
      ? {
          learned: {
            first: copy(learned.first),
            whole: copy(learned.whole),
            answered: learned.answered,
            warmSince: learned.warmSince,
          },
        }
      : {}),
  };
}

/**
 * A record made from what was kept. Trials that ran when it was written are gone with their process, and should one of them
 * end here after all, it belongs to an earlier episode.
 */
export function recordOf(state: ProviderState, now: number): ProviderRecord {
  const fresh = newRecord(now);
  return {
    ...fresh,
    breaker: breakerOf(state),
    cooling: state.cooling,
    learned: state.learned ?? fresh.learned,
  };
}

/** The later of two switches. */
export function laterSwitch(a: Switch, b: Switch): Switch {
  return b.at > a.at ? b : a;
}

function breakerOf({ state, since, episode, until, reason, failures }: ProviderState): Breaker {
  switch (state) {
    case 'closed':
      return { state, since, episode, failures };
    case 'half_open':
      return { state, since, episode: episode + 1, trials: 0, reason: reason ?? '' };
    case 'open':
      return { state, since, episode, until: until ?? since, reason: reason ?? '' };
  }
}

function copy(of: ProviderRecord['learned']['first']): [number[], number[], number[]] {
  return [[...of[0]], [...of[1]], [...of[2]]];
}
