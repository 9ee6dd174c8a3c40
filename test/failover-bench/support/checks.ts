// The checks of the catalogue, each over what was heard and counted. Limits are those of the catalogue.
import type { Check, Run } from './scenario.js';

/** Arrivals at the primary: at most so many, in all or in the first `within` ms (never scaled). */
export function attemptsAtMost(most: number, within = Number.POSITIVE_INFINITY): Check {
  const when = within === Number.POSITIVE_INFINITY ? 'in all' : `within ${within} ms`;
  return {
    what: `at most ${most} attempts on the primary ${when}`,
    holds: ({ primary }) => primary.filter(({ ms }) => ms <= within).length <= most,
  };
}

export const ONE_ATTEMPT: Check = {
  what: 'exactly one attempt on the primary',
  holds: ({ primary }) => primary.length === 1,
};

export const ONE_ATTEMPT_ANYWHERE: Check = {
  what: 'exactly one attempt',
  holds: ({ primary, fallback }) => primary.length + fallback.length === 1,
};

export const TRIED_AGAIN: Check = {
  what: 'the same provider is tried again',
  holds: ({ primary }) => primary.length >= 2,
};

/** The second attempt honours Retry-After. */
export function secondNotBefore(ms: number): Check {
  return {
    what: `no second attempt on the primary before ${ms} ms`,
    holds: ({ primary }) => (primary[1]?.ms ?? Number.POSITIVE_INFINITY) >= ms,
  };
}

/** Limits of scaled scenarios shrink with them. */
export function doneWithin(limit: number): Check {
  return { what: `done within ${limit / 1000} s`, holds: ({ heard, scale }) => heard.ms <= scale(limit) };
}

export const HEALTHY_AFTER: Check = {
  what: 'a healthy call works after it',
  holds: ({ all }) => all.length === 2 && all[1]?.heard.outcome === 'answered',
};

export const ANSWERED: Check = {
  what: 'the answer is complete',
  holds: ({ heard }) => heard.outcome === 'answered',
};

export const USAGE: Check = { what: 'usage is reported', holds: ({ heard }) => heard.usage };

export const NAMES_THE_FALLBACK: Check = {
  what: "the model named is the fallback's",
  holds: ({ heard, models }) => heard.outcome !== 'answered' || heard.model === models.fallback,
};

export const THE_REASON: Check = {
  what: "the caller gets the provider's reason",
  holds: ({ heard }) =>
    heard.outcome === 'clean_error' &&
    /content.?(policy|filter)/i.test(`${heard.error?.code ?? ''} ${heard.error?.message ?? ''}`),
};

export const NO_PREFILL_ERROR: Check = {
  what: 'the caller never sees that the fallback takes no prefill',
  holds: ({ heard }) => !/prefill|end with a user message/i.test(heard.error?.message ?? ''),
};

/** S15. The outage lasts `outage` ms from the first call on. */
export function servedDuring(outage: number): Check {
  return {
    what: 'every call of the outage is answered',
    holds: ({ all, scale }) =>
      all.filter(({ at }) => at < scale(outage)).every(({ heard }) => heard.outcome === 'answered'),
  };
}

export function backWithin(limit: number, outage: number): Check {
  return {
    what: `back on the primary within ${limit / 1000} s of its recovery`,
    holds: (run) => {
      const back = backAt(run, outage);
      return back !== null && back - run.scale(outage) <= run.scale(limit);
    },
  };
}

export function probesAtMost(most: number, outage: number): Check {
  return {
    what: `at most ${most} attempts on the primary while it is out`,
    holds: ({ primary, scale }) => primary.filter(({ ms }) => ms < scale(outage)).length <= most,
  };
}

/** When the first call after the outage began that the primary answered; null: none. */
export function backAt(
  { all, models, scale }: Pick<Run, 'all' | 'models' | 'scale'>,
  outage: number,
): number | null {
  const back = all.find(
    ({ at, heard }) => at >= scale(outage) && heard.outcome === 'answered' && heard.model === models.primary,
  );
  return back?.at ?? null;
}
