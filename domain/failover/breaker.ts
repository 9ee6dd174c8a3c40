// The circuit breaker of one provider, as a pure reducer. The source document's pattern (section 1) with what it leaves
// open: failures age out of a window, a failure while open extends the wait, and half-open lets in an exact number of trials.
// Times are wall-clock, because they outlive the process; so each is read as if the clock may have been set back meanwhile.

export interface BreakerRules {
  /** Failures inside the window that open it. */
  readonly threshold: number;
  /** ms; failures older than this no longer count. */
  readonly window: number;
  /** ms that it stays open after the last failure. */
  readonly openFor: number;
  /** Trials at a time while half-open. */
  readonly halfOpenMax: number;
}

/**
 * `episode` grows with every change of state, so that an answer that belongs to an earlier one is recognised. `since` and
 * `until` are ms since the epoch, `failures` the times of those that still count.
 */
export type Breaker =
  | {
      readonly state: 'closed';
      readonly episode: number;
      readonly since: number;
      readonly failures: readonly number[];
    }
  | {
      readonly state: 'open';
      readonly episode: number;
      readonly since: number;
      readonly until: number;
      readonly reason: string;
    }
  | {
      readonly state: 'half_open';
      readonly episode: number;
      readonly since: number;
      /** Trials that are running. */
      readonly trials: number;
      readonly reason: string;
    };

/** Proof of admission. It must be settled exactly once, whatever becomes of the call. */
export interface Ticket {
  readonly episode: number;
  readonly trial: boolean;
}

export type Settlement =
  | { readonly kind: 'success' }
  | { readonly kind: 'failure'; readonly reason: string }
  /** Says nothing about the provider (a client that left, a lost race, a bad request): only frees the trial slot. */
  | { readonly kind: 'neutral' };

export type Admission =
  | { readonly admitted: true; readonly breaker: Breaker; readonly ticket: Ticket }
  /** `until`: when asking again may help (ms); null while trials run, their end is what counts. */
  | { readonly admitted: false; readonly breaker: Breaker; readonly until: number | null };

export function closedBreaker(now: number): Breaker {
  return { state: 'closed', episode: 0, since: now, failures: [] };
}

/**
 * May a call go out now? An open breaker whose time is over becomes half-open here, and nowhere else. Nobody waits longer
 * than `openFor` from now, whatever `until` says: after a clock that was set back by an hour it would be an hour.
 */
export function admit(breaker: Breaker, rules: BreakerRules, now: number): Admission {
  if (breaker.state === 'closed')
    return { admitted: true, breaker, ticket: { episode: breaker.episode, trial: false } };
  if (breaker.state === 'open' && now < breaker.until) {
    const until = Math.min(breaker.until, now + rules.openFor);
    return { admitted: false, breaker: until === breaker.until ? breaker : { ...breaker, until }, until };
  }
  const half =
    breaker.state === 'half_open'
      ? breaker
      : ({
          state: 'half_open',
          episode: breaker.episode + 1,
          since: now,
          trials: 0,
          reason: breaker.reason,
        } as const);
  if (half.trials >= rules.halfOpenMax) return { admitted: false, breaker: half, until: null };
  return {
    admitted: true,
    breaker: { ...half, trials: half.trials + 1 },
    ticket: { episode: half.episode, trial: true },
  };
}

/**
 * What an admitted call's end means. The answer to a call of an earlier episode closes nothing, frees nothing and counts for
 * nothing, with one exception: a failure while open extends the wait. So the calls that an outage left hanging cannot
 * open the breaker again one by one, after a trial has proved that the outage is over.
 */
export function settle(
  breaker: Breaker,
  ticket: Ticket,
  settlement: Settlement,
  rules: BreakerRules,
  now: number,
): Breaker {
  const current = isCurrent(breaker, ticket);
  if (breaker.state === 'half_open') return current ? settleTrial(breaker, settlement, rules, now) : breaker;
  if (settlement.kind === 'failure' && (current || breaker.state === 'open'))
    return noteFailure(breaker, settlement.reason, rules, now);
  if (settlement.kind === 'success' && current && breaker.state === 'closed' && breaker.failures.length > 0)
    return { ...breaker, failures: [] };
  return breaker;
}

/** Was this call admitted by the breaker as it stands now? */
export function isCurrent({ state, episode }: Breaker, ticket: Ticket): boolean {
  return ticket.episode === episode && ticket.trial === (state === 'half_open');
}

/** A failure outside of any call (the health monitor saw it), or of a call that the breaker as it stands has admitted. */
export function noteFailure(breaker: Breaker, reason: string, rules: BreakerRules, now: number): Breaker {
  switch (breaker.state) {
    case 'closed': {
      // A time that lies ahead was noted before the clock was set back: near ones still count, far ones are forgotten.
      const counts = (at: number) => Math.abs(now - at) < rules.window;
      const failures = [...breaker.failures.filter(counts), now];
      if (failures.length < rules.threshold) return { ...breaker, failures };
      return opened(breaker, reason, rules, now);
    }
    case 'open':
      return { ...breaker, until: now + rules.openFor, reason };
    case 'half_open':
      // The running trial says more about now than a call that began before.
      return breaker;
  }
}

/** Opens it at once, without counting: the provider cannot serve until something changes. */
export function openNow(breaker: Breaker, reason: string, rules: BreakerRules, now: number): Breaker {
  return breaker.state === 'open'
    ? noteFailure(breaker, reason, rules, now)
    : opened(breaker, reason, rules, now);
}

function settleTrial(
  half: Extract<Breaker, { state: 'half_open' }>,
  settlement: Settlement,
  rules: BreakerRules,
  now: number,
): Breaker {
  switch (settlement.kind) {
    case 'success':
      return { state: 'closed', episode: half.episode + 1, since: now, failures: [] };
    case 'failure':
      return opened(half, settlement.reason, rules, now);
    case 'neutral':
      return { ...half, trials: Math.max(0, half.trials - 1) };
  }
}

function opened(before: Breaker, reason: string, rules: BreakerRules, now: number): Breaker {
  return { state: 'open', episode: before.episode + 1, since: now, until: now + rules.openFor, reason };
}
