// All that is known of one provider at run time: breaker, cooling, health, suspicion, learned limits. Pure: each function
// takes a record and gives the next one.
import {
  admit as admitBreaker,
  closedBreaker,
  isCurrent,
  noteFailure,
  openNow,
  settle as settleBreaker,
  type Breaker,
  type BreakerRules,
  type Ticket,
} from './breaker.js';
import type { Observation } from './fault.js';
import { learn, NOTHING_LEARNED, type Learned } from './limits.js';
import { outcomeOf } from './outcome.js';
import { pauseAfter, pauseNow, type Pause } from './pause.js';
import type { FailoverRules, ProviderRules } from './provider.js';

/** Last look of the health monitor. It generates nothing, so it proves that a provider is gone, never that it can answer. */
export interface Reading {
  readonly state: 'good' | 'bad' | 'unknown';
  readonly detail: string;
  /** ms since the epoch. */
  readonly at: number;
}

export interface ProviderRecord {
  readonly breaker: Breaker;
  readonly cooling: Pause | null;
  readonly health: Reading | null;
  /**
   * `detail` of a bad reading that a good answer has proved wrong (a key that may chat but not list models). It neither
   * counts nor blocks until the monitor has found the provider well once.
   */
  readonly disproved: string | null;
  /**
   * A call is silent past the learned limit (or was, until its time-out): others go elsewhere first, until it answers or
   * the time is over. Slow is not dead, so the breaker does not know.
   */
  readonly suspect: { readonly until: number } | null;
  readonly learned: Learned;
  /** Calls of earlier episodes of the breaker are from before a reset, and say nothing any more. */
  readonly validFrom: number;
}

/** A bad reading older than this says nothing about now, ms. */
export const READING_FRESH = 20_000;

export function newRecord(now: number): ProviderRecord {
  return {
    breaker: closedBreaker(now),
    cooling: null,
    health: null,
    disproved: null,
    suspect: null,
    learned: NOTHING_LEARNED,
    validFrom: 0,
  };
}

export function breakerRules(provider: ProviderRules, failover: FailoverRules): BreakerRules {
  return {
    threshold: provider.threshold,
    window: failover.window,
    openFor: provider.openFor,
    halfOpenMax: failover.halfOpenMax,
  };
}

export type Refusal = 'open' | 'trial_running' | 'cooling' | 'unhealthy';

export type Admittance =
  | { readonly admitted: true; readonly record: ProviderRecord; readonly ticket: Ticket }
  | {
      readonly admitted: false;
      readonly record: ProviderRecord;
      readonly refusal: Refusal;
      /** When asking again may help, ms since the epoch; null: any moment. */
      readonly until: number | null;
    };

/**
 * May a call go to this provider now? An open breaker whose time is over gives no trial while the health monitor still
 * finds the provider gone: a user's request would only meet what is known. After one more open time it does all the same,
 * because the monitor's GETs may be wrong, and then no provider would ever be tried again. When a suspicion is over, one
 * call looks whether it was right, and the others wait for its word.
 */
export function admit(record: ProviderRecord, rules: BreakerRules, now: number): Admittance {
  const { cooling, breaker } = record;
  if (cooling !== null && now < cooling.until) {
    const pause = pauseNow(cooling, now);
    const next = pause === cooling ? record : { ...record, cooling: pause };
    return { admitted: false, record: next, refusal: 'cooling', until: pause.until };
  }
  const blocked = blockedUntil(record, rules, now);
  if (blocked !== null) return { admitted: false, record, refusal: 'unhealthy', until: blocked };
  const admission = admitBreaker(breaker, rules, now);
  let next = admission.breaker === breaker ? record : { ...record, breaker: admission.breaker };
  if (admission.admitted) {
    const { suspect } = record;
    if (suspect !== null && now >= suspect.until) next = { ...next, suspect: { until: now + rules.openFor } };
    return { admitted: true, record: next, ticket: admission.ticket };
  }
  const refusal = admission.until === null ? 'trial_running' : 'open';
  return { admitted: false, record: next, refusal, until: admission.until };
}

/** How an admitted call ended, for the record. Times in ms. */
export type CallEnd =
  | {
      readonly kind: 'success';
      readonly promptTokens: number;
      readonly first: number | null;
      readonly whole: number | null;
    }
  | { readonly kind: 'fault'; readonly observation: Observation };

/** Notes the end of an admitted call: what the breaker hears follows from the outcome table. */
export function settle(
  record: ProviderRecord,
  ticket: Ticket,
  end: CallEnd,
  rules: BreakerRules,
  now: number,
): ProviderRecord {
  if (isVoid(record, ticket)) return record;
  const { health } = record;
  if (end.kind === 'success') {
    const began = now - (end.whole ?? end.first ?? 0);
    return {
      ...record,
      breaker: settleBreaker(record.breaker, ticket, { kind: 'success' }, rules, now),
      // An answer to a call from before the pause does not end what the provider asked for.
      cooling: record.cooling !== null && now < record.cooling.until ? record.cooling : null,
      disproved: health?.state === 'bad' && began >= health.at ? health.detail : record.disproved,
      suspect: null,
      learned: learn(record.learned, end, now),
    };
  }
  const { observation } = end;
  const outcome = outcomeOf(observation);
  const reason = reasonOf(observation);
  const settlement =
    outcome.settle === 'failure' ? ({ kind: 'failure', reason } as const) : ({ kind: 'neutral' } as const);
  let breaker = settleBreaker(record.breaker, ticket, settlement, rules, now);
  let { cooling, suspect } = record;
  if (outcome.cool === 'open_time' && isCurrent(record.breaker, ticket))
    breaker = openNow(breaker, reason, rules, now);
  if (outcome.cool === 'asked') cooling = pauseAfter(cooling, observation.retryAfter, reason, now);
  // Its whole time-out in silence: one such call proves what the hedged ones only suspected.
  if (observation.fault === 'no_first_byte') suspect = { until: now + rules.openFor };
  return { ...record, breaker, cooling, suspect };
}

/** The call was admitted before a reset. */
export function isVoid({ validFrom }: Pick<ProviderRecord, 'validFrom'>, { episode }: Ticket): boolean {
  return episode < validFrom;
}

/** A call is silent past its limit: until it ends (at the latest at `until`), others go elsewhere first. */
export function suspected(record: ProviderRecord, until: number): ProviderRecord {
  if (record.suspect !== null && record.suspect.until >= until) return record;
  return { ...record, suspect: { until } };
}

/** The silent call gave its first content after all. */
export function cleared(record: ProviderRecord): ProviderRecord {
  return record.suspect === null ? record : { ...record, suspect: null };
}

/** A look of the health monitor. Bad looks count as failures while closed, unless disproved; a good one closes nothing. */
export function look(record: ProviderRecord, reading: Reading, rules: BreakerRules): ProviderRecord {
  const disproved = reading.state === 'good' ? null : record.disproved;
  const next = { ...record, health: reading, disproved };
  if (reading.state !== 'bad' || reading.detail === disproved || record.breaker.state !== 'closed')
    return next;
  return { ...next, breaker: noteFailure(record.breaker, reading.detail, rules, reading.at) };
}

/** Breaker closed, pauses and limits forgotten (`nxs provider reset`). The episode goes on, so that late answers count for nothing. */
export function reset(record: ProviderRecord, now: number): ProviderRecord {
  const { episode } = record.breaker;
  const validFrom = episode + 1;
  return { ...newRecord(now), breaker: { ...closedBreaker(now), episode: validFrom }, validFrom };
}

/** One line for people: `server_error 503`. */
export function reasonOf({ fault, status }: Observation): string {
  return status === null ? fault : `${fault} ${String(status)}`;
}

/** Until when a bad reading keeps the trial back, ms since the epoch; null: it does not. */
function blockedUntil(
  { breaker, health, disproved }: ProviderRecord,
  rules: BreakerRules,
  now: number,
): number | null {
  if (breaker.state === 'closed' || health?.state !== 'bad' || health.detail === disproved) return null;
  const over = breaker.state === 'open' ? breaker.until : breaker.since;
  const until = Math.min(health.at + READING_FRESH, over + rules.openFor);
  return now >= over && now >= health.at && now < until ? until : null;
}
