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
  /**
   * The same state under other rules: calls that hold the desk of before end by its rules, and count. A provider whose address, model
   * or key is another one than before begins anew.
   */
  under(roster: Roster): Desk;
}

export interface DeskOptions {
  readonly roster: Roster;
  /** ms since the epoch. */
  readonly now: () => number;
  readonly random?: () => number;
}

interface Held {
  readonly name: string;
  /** Where its calls go. */
  target: string;
  record: ProviderRecord;
  stamp: number;
}

/** What all desks of one gateway share. */
interface DeskState {
  /** Also of providers that are configured no more: a call may still be under way there. */
  readonly held: Map<string, Held>;
  readonly tickets: WeakMap<Grant, Ticket>;
  readonly witnesses: Map<string, Grant>;
  readonly listeners: DeskListener[];
  current: Switch;
}

/** A half-open trial is answered by the next one this soon when it is silent, ms. */
const TRIAL_HEDGE = 500;

export function openDesk(options: DeskOptions): Desk {
  return deskOn(options, {
    held: new Map(),
    tickets: new WeakMap(),
    witnesses: new Map(),
    listeners: [],
    current: NO_SWITCH,
  });
}

function deskOn(options: DeskOptions, state: DeskState): Desk {
  const { roster, now, random = Math.random } = options;
  const { held, tickets, witnesses, listeners } = state;
  const providers = roster.usable.map(({ rules }) => rules);
  const known = new Map(providers.map((rules) => [rules.name, rules]));

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
        provider: one.name,
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
  const rulesOf = (rules: ProviderRules) => breakerRules(rules, roster.failover);
  const own = (): readonly Held[] => [...held.values()].filter(({ name }) => known.has(name));
  for (const { rules, endpoint } of roster.usable) {
    const target = JSON.stringify([endpoint.baseUrl, endpoint.model, endpoint.apiKey]);
    const before = held.get(rules.name);
    if (before === undefined)
      held.set(rules.name, { name: rules.name, target, record: newRecord(now()), stamp: 0 });
    else if (before.target !== target) {
      before.target = target;
      witnesses.delete(rules.name);
      put(before, reset(before.record, now()));
    }
  }

  return {
    roster,
    plan(facts) {
      const at = now();
      const suspects = new Set<string>();
      for (const { name, record } of own())
        if (record.suspect !== null && at < record.suspect.until) suspects.add(name);
      return planOrder({
        providers,
        failover: roster.failover,
        facts,
        switched: switchedTo(state.current, at),
        suspects,
        random,
      });
    },
    claim(provider, facts) {
      const one = of(provider.name);
      const admission = admit(one.record, rulesOf(provider), now());
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
      put(one, settle(one.record, ticket, end, rulesOf(grant.provider), now()));
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
      const rules = known.get(name);
      const one = held.get(name);
      if (one !== undefined && rules !== undefined) put(one, look(one.record, reading, rulesOf(rules)));
    },
    switch(next) {
      const later = laterSwitch(state.current, next);
      if (later === state.current) return;
      state.current = later;
      for (const listener of listeners) {
        listener.switched?.(later);
        listener.changed?.();
      }
    },
    currentSwitch: () => state.current,
    reset(name) {
      for (const one of name === null ? own() : [of(name)]) {
        witnesses.delete(one.name);
        put(one, reset(one.record, now()));
      }
    },
    snapshot: (withLearned) => ({
      v: 1,
      providers: Object.fromEntries(
        own().map(({ name, record, stamp }) => [name, stateOf(record, stamp, withLearned)]),
      ),
      switch: { ...state.current },
    }),
    restore(snapshot) {
      for (const [name, kept] of Object.entries(snapshot.providers)) {
        const one = known.has(name) ? held.get(name) : undefined;
        if (one === undefined || kept.stamp <= one.stamp) continue;
        const { learned, health } = one.record;
        const restored = recordOf(kept, now());
        const limits = kept.learned === undefined ? learned : restored.learned;
        put(one, { ...restored, health, learned: limits }, kept.stamp);
      }
      const { to } = snapshot.switch;
      if (to === null || known.has(to)) this.switch(snapshot.switch);
    },
    record: (name) => (known.has(name) ? held.get(name)?.record : undefined),
    usable(name) {
      const one = known.has(name) ? held.get(name) : undefined;
      if (one === undefined) return false;
      const { breaker, cooling } = one.record;
      return breaker.state === 'closed' && (cooling === null || cooling.until <= now());
    },
    listen: (listener) => void listeners.push(listener),
    under: (next) => deskOn({ ...options, roster: next }, state),
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
