import { describe, expect, it } from 'vitest';
import {
  admit,
  closedBreaker,
  noteFailure,
  openNow,
  settle,
  type Breaker,
  type BreakerRules,
  type Settlement,
  type Ticket,
} from '../../../domain/failover/breaker.js';

const rules: BreakerRules = { threshold: 3, window: 60_000, openFor: 30_000, halfOpenMax: 1 };
const START = 1_000_000;
const SUCCESS: Settlement = { kind: 'success' };
const NEUTRAL: Settlement = { kind: 'neutral' };
const FAILURE: Settlement = { kind: 'failure', reason: 'server_error 503' };

function admitted(breaker: Breaker, now: number, by = rules): { breaker: Breaker; ticket: Ticket } {
  const admission = admit(breaker, by, now);
  if (!admission.admitted) throw new Error(`not admitted in ${breaker.state}`);
  return admission;
}

function failedTimes(times: number, now = START): Breaker {
  let breaker = closedBreaker(START);
  for (let n = 0; n < times; n++) breaker = noteFailure(breaker, 'refused', rules, now);
  return breaker;
}

const opened = failedTimes(3);
const expired = START + rules.openFor;

describe('closed', () => {
  it('lets everybody in and stays the same object, so that the hot path allocates nothing', () => {
    const breaker = closedBreaker(START);
    expect(admitted(breaker, START).breaker).toBe(breaker);
  });

  it('opens at the failure that reaches the threshold, with its reason', () => {
    expect(failedTimes(2).state).toBe('closed');
    expect(opened).toEqual({
      state: 'open',
      episode: 1,
      since: START,
      until: START + 30_000,
      reason: 'refused',
    });
  });

  it('forgets a failure as soon as it is as old as the window', () => {
    const two = failedTimes(2);
    expect(noteFailure(two, 'x', rules, START + rules.window - 1).state).toBe('open');
    expect(noteFailure(two, 'x', rules, START + rules.window)).toMatchObject({
      failures: [START + rules.window],
    });
  });

  it('forgets its failures at a success, and keeps them at a neutral end such as a 429', () => {
    const two = failedTimes(2);
    const { ticket } = admitted(two, START);
    expect(settle(two, ticket, SUCCESS, rules, START)).toMatchObject({ failures: [] });
    expect(settle(two, ticket, NEUTRAL, rules, START)).toBe(two);
  });

  it('forgets failures of a time that lies far ahead, because the clock was set back', () => {
    const two = failedTimes(2, START + 3_600_000);
    expect(noteFailure(two, 'x', rules, START).state).toBe('closed');
    expect(noteFailure(failedTimes(2, START + 500), 'x', rules, START).state).toBe('open');
  });

  it('opens at once when the provider cannot serve until something changes', () => {
    expect(openNow(closedBreaker(START), 'unauthorized 401', rules, START)).toMatchObject({ state: 'open' });
  });
});

describe('open', () => {
  it('lets nobody in until its time is over, and says when that is', () => {
    expect(admit(opened, rules, expired - 1)).toEqual({ admitted: false, breaker: opened, until: expired });
    expect(admit(opened, rules, expired)).toMatchObject({ admitted: true, ticket: { trial: true } });
  });

  it.each([
    ['a call from before', (at: number) => settle(opened, { episode: 0, trial: false }, FAILURE, rules, at)],
    ['the health monitor', (at: number) => noteFailure(opened, 'x', rules, at)],
    ['a refused key', (at: number) => openNow(opened, 'x', rules, at)],
  ])('waits longer after a failure that comes from %s', (_, fail) => {
    expect(fail(START + 20_000)).toMatchObject({ state: 'open', episode: 1, until: START + 50_000 });
  });

  it('is not closed by a late success', () => {
    expect(settle(opened, { episode: 0, trial: false }, SUCCESS, rules, expired + 1)).toBe(opened);
  });

  it('makes nobody wait for longer than its open time after the clock was set back', () => {
    const back = START - 86_400_000;
    const first = admit(opened, rules, back);
    expect(first).toMatchObject({ admitted: false, until: back + rules.openFor });
    expect(admit(first.breaker, rules, back + rules.openFor).admitted).toBe(true);
  });
});

describe('half-open', () => {
  it.each([1, 2, 7])('gives 200 concurrent requests exactly %i trials', (halfOpenMax) => {
    let breaker = opened;
    let tickets = 0;
    for (let n = 0; n < 200; n++) {
      const admission = admit(breaker, { ...rules, halfOpenMax }, expired);
      breaker = admission.breaker;
      if (admission.admitted) tickets++;
      else expect(admission.until).toBeNull();
    }
    expect(tickets).toBe(halfOpenMax);
  });

  it('closes at the success of a trial', () => {
    const { breaker, ticket } = admitted(opened, expired);
    expect(settle(breaker, ticket, SUCCESS, rules, expired + 5)).toEqual({
      state: 'closed',
      episode: 3,
      since: expired + 5,
      failures: [],
    });
  });

  it('opens for the whole time again at the failure of a trial', () => {
    const { breaker, ticket } = admitted(opened, expired);
    expect(settle(breaker, ticket, FAILURE, rules, expired + 5)).toMatchObject({
      state: 'open',
      until: expired + 5 + rules.openFor,
    });
  });

  it('gives the slot of a trial that was given up to the next call', () => {
    const { breaker, ticket } = admitted(opened, expired);
    const freed = settle(breaker, ticket, NEUTRAL, rules, expired);
    expect(freed).toMatchObject({ state: 'half_open', trials: 0 });
    expect(admit(freed, rules, expired).admitted).toBe(true);
  });

  it.each([SUCCESS, NEUTRAL, FAILURE])('takes no $kind from a call of an earlier episode', (settlement) => {
    const { breaker } = admitted(opened, expired);
    expect(settle(breaker, { episode: 0, trial: false }, settlement, rules, expired)).toBe(breaker);
    expect(settle(breaker, { episode: 2, trial: false }, settlement, rules, expired)).toBe(breaker);
  });

  it('once closed, is not opened again by the calls that the outage had left hanging', () => {
    const { breaker, ticket } = admitted(opened, expired);
    const closed = settle(breaker, ticket, SUCCESS, rules, expired);
    expect(settle(closed, { episode: 0, trial: false }, FAILURE, rules, expired + 1)).toBe(closed);
  });
});
