// The one place where breaker state lives at run time: every lane asks here before a call and tells here how it ended. A thin
// holder around the pure record; what changes is told to listeners (snapshot, journal, manager workflow).
import type { Ticket } from '../domain/failover/breaker.js';
import { firstContentLimit, LEAST_LIMIT, wholeAnswerLimit } from '../domain/failover/limits.js';
import { byPolicy, canStream, plan as planOrder, type Plan } from '../domain/failover/plan.js';
import type { ProviderRules } from '../domain/failover/provider.js';
import {
  admit,
  breakerRules,
  cleared,
  look,
  isVoid,
  newRecord,
  reset,
  settle,
  suspected,
  type CallEnd,
  type ProviderRecord,
  type Reading,
  type Refusal,
} from '../domain/failover/record.js';
import type { RequestFacts } from '../domain/failover/request.js';
import { laterSwitch, recordOf, stateOf, type FailoverSnapshot } from '../domain/failover/snapshot.js';
import { NO_SWITCH, switchedTo, type Switch } from '../domain/failover/switching.js';
import type { Roster } from './rules.js';

/** Leave to make one call. Settled exactly once. */
export interface Grant {
  readonly provider: ProviderRules;
  readonly trial: boolean;
  /** ms of silence after which the next one is asked as well. */
  readonly hedgeAfter: number;
  /** ms of silence that end the attempt. */
  readonly firstByte: number;
  readonly idle: number;
  /** Ask for one JSON document although a stream would tell silence earlier: it is known to answer whole requests at once. */
  readonly plain: boolean;
}

export type Claim =
  | { readonly granted: true; readonly grant: Grant }
  | { readonly granted: false; readonly refusal: Refusal; readonly until: number | null };

export interface Transition {
  readonly provider: string;
  readonly from: 'closed' | 'open' | 'half_open';
  readonly to: 'closed' | 'open' | 'half_open';
  readonly reason: string | null;
  readonly until: number | null;
  readonly at: number;
}

/** What happened to an attempt, for counters and journal. */
export interface DeskListener {
  transition?(transition: Transition): void;
  /** Something that the snapshot holds has changed. */
  changed?(): void;
  switched?(now: Switch): void;
}

export interface Desk {
  readonly roster: Roster;
  plan(facts: RequestFacts): Plan;
  claim(provider: ProviderRules, facts: RequestFacts): Claim;
  settle(grant: Grant, end: CallEnd): void;
  /** A call is silent past its limit. True for the one call that is kept as the witness of what becomes of it. */
  suspect(grant: Grant): boolean;
  /** It gave its first content, or its witness was taken away. */
  clear(grant: Grant): void;
  look(name: string, reading: Reading): void;
  switch(next: Switch): void;
  currentSwitch(): Switch;
  reset(name: string | null): void;
  snapshot(withLearned: boolean): FailoverSnapshot;
  restore(snapshot: FailoverSnapshot): void;
  readonly record: (name: string) => ProviderRecord | undefined;
  usable(name: string): boolean;
  listen(listener: DeskListener): void;
}

export interface DeskOptions {
  readonly roster: Roster;
  /** ms since the epoch. */
  readonly now: () => number;
  readonly random?: () => number;
}

interface Held {
  readonly rules: ProviderRules;
  record: ProviderRecord;
  stamp: number;
}

/** A half-open trial is answered by the next one this soon when it is silent, ms. */
const TRIAL_HEDGE = 500;

export function openDesk({ roster, now, random = Math.random }: DeskOptions): Desk {
  const held = new Map<string, Held>(
    roster.usable.map(({ rules }) => [rules.name, { rules, record: newRecord(now()), stamp: 0 }]),
  );
  const tickets = new WeakMap<Grant, Ticket>();
  const witnesses = new Map<string, Grant>();
  const listeners: DeskListener[] = [];
  const providers = roster.usable.map(({ rules }) => rules);
  let current: Switch = NO_SWITCH;

  const of = (name: string): Held => {
    const one = held.get(name);
    if (one === undefined) throw new Error(`no such provider: ${name}`);
    return one;
  };
  const put = (one: Held, next: ProviderRecord, stamp: number | null = null): void => {
    const before = one.record;
    if (next === before) return;
    one.record = next;
    if (before.breaker === next.breaker && before.cooling === next.cooling) return;
    const at = now();
    // Never backwards, whatever the clock does: the later stamp wins elsewhere.
    one.stamp = stamp ?? Math.max(at, one.stamp + 1);
    const { breaker } = next;
    if (before.breaker.state !== breaker.state) {
      const transition: Transition = {
        provider: one.rules.name,
        from: before.breaker.state,
        to: breaker.state,
        reason: breaker.state === 'closed' ? null : breaker.reason,
        until: breaker.state === 'open' ? breaker.until : null,
        at,
      };
      for (const listener of listeners) listener.transition?.(transition);
    }
    for (const listener of listeners) listener.changed?.();
  };
  const rulesOf = (one: Held) => breakerRules(one.rules, roster.failover);

  return {
    roster,
    plan(facts) {
      const at = now();
      const suspects = new Set<string>();
      for (const [name, { record }] of held)
        if (record.suspect !== null && at < record.suspect.until) suspects.add(name);
      return planOrder({
        providers,
        failover: roster.failover,
        facts,
        switched: switchedTo(current, at),
        suspects,
        random,
      });
    },
    claim(provider, facts) {
      const one = of(provider.name);
      const admission = admit(one.record, rulesOf(one), now());
      put(one, admission.record);
      if (!admission.admitted) return { granted: false, refusal: admission.refusal, until: admission.until };
      const grant = grantFor(provider, admission.record, admission.ticket.trial, facts, roster);
      tickets.set(grant, admission.ticket);
      return { granted: true, grant };
    },
    settle(grant, end) {
      const ticket = tickets.get(grant);
      if (ticket === undefined) return;
      tickets.delete(grant);
      const one = of(grant.provider.name);
      if (witnesses.get(grant.provider.name) === grant) witnesses.delete(grant.provider.name);
      put(one, settle(one.record, ticket, end, rulesOf(one), now()));
    },
    suspect(grant) {
      const one = of(grant.provider.name);
      const ticket = tickets.get(grant);
      if (ticket === undefined || !isVoid(one.record, ticket))
        put(one, suspected(one.record, now() + grant.firstByte));
      if (witnesses.has(grant.provider.name)) return false;
      witnesses.set(grant.provider.name, grant);
      return true;
    },
    clear(grant) {
      const one = of(grant.provider.name);
      if (witnesses.get(grant.provider.name) === grant) witnesses.delete(grant.provider.name);
      put(one, cleared(one.record));
    },
    look(name, reading) {
      const one = held.get(name);
      if (one !== undefined) put(one, look(one.record, reading, rulesOf(one)));
    },
    switch(next) {
      const later = laterSwitch(current, next);
      if (later === current) return;
      current = later;
      for (const listener of listeners) {
        listener.switched?.(current);
        listener.changed?.();
      }
    },
    currentSwitch: () => current,
    reset(name) {
      for (const one of name === null ? held.values() : [of(name)]) {
        witnesses.delete(one.rules.name);
        put(one, reset(one.record, now()));
      }
    },
    snapshot: (withLearned) => ({
      v: 1,
      providers: Object.fromEntries(
        [...held].map(([name, { record, stamp }]) => [name, stateOf(record, stamp, withLearned)]),
      ),
      switch: { ...current },
    }),
    restore(snapshot) {
      for (const [name, state] of Object.entries(snapshot.providers)) {
        const one = held.get(name);
        if (one === undefined || state.stamp <= one.stamp) continue;
        const { learned, health } = one.record;
        const restored = recordOf(state, now());
        const known = state.learned === undefined ? learned : restored.learned;
        put(one, { ...restored, health, learned: known }, state.stamp);
      }
      const { to } = snapshot.switch;
      if (to === null || held.has(to)) this.switch(snapshot.switch);
    },
    record: (name) => held.get(name)?.record,
    usable(name) {
      const one = held.get(name);
      if (one === undefined) return false;
      const { breaker, cooling } = one.record;
      return breaker.state === 'closed' && (cooling === null || cooling.until <= now());
    },
    listen: (listener) => void listeners.push(listener),
  };
}

/** In the order in which they would be asked, without any request's wishes. */
export function policyOrder(desk: Desk, now: number): readonly ProviderRules[] {
  const order = byPolicy(desk.roster.usable.map(({ rules }) => rules));
  const to = switchedTo(desk.currentSwitch(), now);
  return [...order.filter(({ name }) => name === to), ...order.filter(({ name }) => name !== to)];
}

function grantFor(
  provider: ProviderRules,
  { learned }: ProviderRecord,
  trial: boolean,
  facts: RequestFacts,
  { failover }: Roster,
): Grant {
  const whole = wholeAnswerLimit(learned, facts.promptTokens);
  const plain = !canStream(provider, facts) || (!facts.stream && whole === LEAST_LIMIT);
  const learnedLimit = plain
    ? (whole ?? failover.hedgeAfter)
    : firstContentLimit(learned, facts.promptTokens, failover.hedgeAfter);
  const limit = failover.firstByteTimeout ?? learnedLimit;
  return {
    provider,
    trial,
    hedgeAfter: trial ? Math.min(limit, TRIAL_HEDGE) : limit,
    firstByte: provider.timeout,
    idle: failover.idleTimeout ?? provider.timeout,
    plain,
  };
}
