import { describe, expect, it } from 'vitest';
import type { BreakerRules, Ticket } from '../../../domain/failover/breaker.js';
import type { Fault, Observation } from '../../../domain/failover/fault.js';
import {
  admit,
  breakerRules,
  cleared,
  look,
  newRecord,
  READING_FRESH,
  reasonOf,
  reset,
  settle,
  suspected,
  type CallEnd,
  type ProviderRecord,
  type Reading,
} from '../../../domain/failover/record.js';

const rules: BreakerRules = { threshold: 3, window: 60_000, openFor: 30_000, halfOpenMax: 1 };
const START = 10_000_000;
const GOOD: CallEnd = { kind: 'success', promptTokens: 10, first: 40, whole: 90 };

function fault(of: Fault, status: number | null = null, retryAfter: number | null = null): CallEnd {
  const observation: Observation = { fault: of, status, retryAfter, detail: of };
  return { kind: 'fault', observation };
}

function bad(at: number, detail = 'refused'): Reading {
  return { state: 'bad', detail, at };
}

function claimed(record: ProviderRecord, now: number): { record: ProviderRecord; ticket: Ticket } {
  const admittance = admit(record, rules, now);
  if (!admittance.admitted) throw new Error(`refused: ${admittance.refusal}`);
  return admittance;
}

/** One call from begin to end at one moment. */
function called(record: ProviderRecord, end: CallEnd, now: number): ProviderRecord {
  const { record: next, ticket } = claimed(record, now);
  return settle(next, ticket, end, rules, now);
}

function opened(now = START): ProviderRecord {
  return called(newRecord(now), fault('unauthorized', 401), now);
}

const expired = START + rules.openFor;

describe('what the breaker hears', () => {
  it('counts failures up to the threshold, and the reason names fault and status', () => {
    let record = newRecord(START);
    for (let n = 0; n < 3; n++) record = called(record, fault('server_error', 503), START);
    expect(record.breaker).toMatchObject({ state: 'open', reason: 'server_error 503' });
    expect(admit(record, rules, START)).toMatchObject({ admitted: false, refusal: 'open', until: expired });
  });

  it('opens at the first refused key, because no call succeeds until a person acts', () => {
    expect(opened().breaker).toMatchObject({ state: 'open', reason: 'unauthorized 401' });
  });

  it.each<Fault>(['client_abort', 'cancelled', 'deadline', 'bad_request', 'content_filter', 'rate_limited'])(
    'neither counts %s nor forgets failures for it, and frees the trial',
    (name) => {
      const failed = called(newRecord(START), fault('refused'), START);
      expect(called(failed, fault(name), START).breaker).toBe(failed.breaker);
      const trial = claimed(opened(), expired);
      const freed = settle(trial.record, trial.ticket, fault(name), rules, expired);
      expect(freed.breaker).toMatchObject({ state: 'half_open', trials: 0 });
    },
  );

  it('says that a trial is running to everybody else', () => {
    const { record } = claimed(opened(), expired);
    expect(admit(record, rules, expired)).toMatchObject({ refusal: 'trial_running', until: null });
  });

  it('is not opened by a refused key that a call from before a reset brings back', () => {
    const { record, ticket } = claimed(newRecord(START), START);
    const fresh = reset(record, START + 1);
    expect(settle(fresh, ticket, fault('unauthorized', 401), rules, START + 2).breaker).toBe(fresh.breaker);
  });

  it('takes its rules from the provider and from the policy', () => {
    const provider = { threshold: 2, openFor: 5 } as Parameters<typeof breakerRules>[0];
    const failover = { window: 7, halfOpenMax: 4 } as Parameters<typeof breakerRules>[1];
    expect(breakerRules(provider, failover)).toEqual({ threshold: 2, openFor: 5, window: 7, halfOpenMax: 4 });
  });

  it('has a reason without a status where none came', () => {
    expect(reasonOf({ fault: 'dns', status: null, retryAfter: null, detail: 'x' })).toBe('dns');
  });
});

describe('a pause that the provider asked for', () => {
  const cooling = called(newRecord(START), fault('rate_limited', 429, 12_000), START);

  it('keeps calls away until it is over, without opening the breaker', () => {
    expect(cooling.breaker.state).toBe('closed');
    expect(admit(cooling, rules, START + 11_999)).toMatchObject({
      refusal: 'cooling',
      until: START + 12_000,
    });
    expect(admit(cooling, rules, START + 12_000).admitted).toBe(true);
  });

  it('is kept for a 503 that names a time as well, and counts there as a failure', () => {
    const record = called(newRecord(START), fault('server_error', 503, 7_000), START);
    expect(record.cooling).toMatchObject({ until: START + 7_000, reason: 'server_error 503' });
    expect(record.breaker).toMatchObject({ failures: [START] });
  });

  it('is not ended by an answer to a call that went out before it', () => {
    const early = claimed(newRecord(START), START);
    const late = called(early.record, fault('rate_limited', 429, 12_000), START);
    expect(settle(late, early.ticket, GOOD, rules, START + 1).cooling).toEqual(late.cooling);
  });

  it('is forgotten at a good answer after it', () => {
    expect(called(cooling, GOOD, START + 12_000).cooling).toBeNull();
  });
});

describe('suspicion', () => {
  it('lasts until the silent call ends at the latest, and is never shortened by another silent call', () => {
    const record = suspected(newRecord(START), START + 100);
    expect(suspected(record, START + 50)).toBe(record);
    expect(suspected(record, START + 200).suspect).toEqual({ until: START + 200 });
  });

  it('ends with the first content and with any good answer', () => {
    const record = suspected(newRecord(START), START + 100);
    expect(cleared(record).suspect).toBeNull();
    expect(called(record, GOOD, START + 1).suspect).toBeNull();
    const clean = newRecord(START);
    expect(cleared(clean)).toBe(clean);
  });

  it('goes on for an open time after a whole time-out of silence', () => {
    const record = called(newRecord(START), fault('no_first_byte'), START);
    expect(record.suspect).toEqual({ until: START + rules.openFor });
  });

  it('is looked into by one call when it is over, while the others go elsewhere first', () => {
    const record = suspected(newRecord(START), START + 100);
    const first = claimed(record, START + 100).record;
    expect(first.suspect).toEqual({ until: START + 100 + rules.openFor });
    expect(claimed(first, START + 101).record).toBe(first);
  });
});

describe('the health monitor', () => {
  it('opens a closed breaker by bad looks, with what it saw as the reason', () => {
    let record = newRecord(START);
    for (let n = 0; n < 3; n++) record = look(record, bad(START + n, 'refused'), rules);
    expect(record.breaker).toMatchObject({ state: 'open', reason: 'refused' });
  });

  it.each(['good', 'unknown'] as const)('neither closes nor opens anything by a look that is %s', (state) => {
    const failed = called(newRecord(START), fault('refused'), START);
    for (const record of [failed, opened(), claimed(opened(), expired).record])
      expect(look(record, { state, detail: '', at: expired }, rules).breaker).toBe(record.breaker);
  });

  it('does not make the wait longer by bad looks, however many', () => {
    const record = opened();
    expect(look(record, bad(START + 20_000), rules).breaker).toBe(record.breaker);
  });

  it('keeps the trial back while a bad look is fresh, not when it is stale', () => {
    const record = look(opened(), bad(expired - 1_000), rules);
    const stale = expired - 1_000 + READING_FRESH;
    expect(admit(record, rules, expired)).toMatchObject({ refusal: 'unhealthy', until: stale });
    expect(admit(record, rules, stale).admitted).toBe(true);
  });

  it('lets the trial through as soon as it finds the provider well', () => {
    const record = look(opened(), bad(expired - 1_000), rules);
    const well = look(record, { state: 'good', detail: '', at: expired }, rules);
    expect(admit(well, rules, expired).admitted).toBe(true);
  });

  it('cannot keep the trial back for more than one further open time: its own looks may be wrong', () => {
    let record = opened();
    const tried: number[] = [];
    for (let now = START; now < START + 300_000; now += 1_000) {
      record = look(record, bad(now), rules);
      const admittance = admit(record, rules, now);
      record = admittance.record;
      if (!admittance.admitted) {
        expect(admittance.until ?? now).toBeGreaterThanOrEqual(now);
        continue;
      }
      tried.push(now - START);
      record = settle(record, admittance.ticket, fault('refused'), rules, now);
    }
    expect(tried).toEqual([60_000, 120_000, 180_000, 240_000]);
  });

  it('does not keep the trial back by a look from a time that lies ahead, because the clock was set back', () => {
    expect(admit(look(opened(), bad(expired + 3_600_000), rules), rules, expired).admitted).toBe(true);
  });

  it('is not believed in what a good answer has disproved, until it has found the provider well', () => {
    let record = called(look(newRecord(START), bad(START, 'forbidden 403'), rules), GOOD, START + 5_000);
    for (let n = 0; n < 9; n++) record = look(record, bad(START + 6_000 + n, 'forbidden 403'), rules);
    expect(record.breaker).toMatchObject({ state: 'closed', failures: [] });
    expect(look(record, bad(START + 7_000, 'refused'), rules).breaker).toMatchObject({
      failures: [START + 7_000],
    });
    const well = look(record, { state: 'good', detail: '', at: START + 8_000 }, rules);
    expect(look(well, bad(START + 9_000, 'forbidden 403'), rules).breaker).toMatchObject({
      failures: [START + 9_000],
    });
  });

  it('does not keep the trial back by what a good answer has disproved', () => {
    const answered = called(look(newRecord(START), bad(START, 'forbidden 403'), rules), GOOD, START + 5_000);
    const open = called(answered, fault('payment', 402), START + 5_000);
    const over = START + 5_000 + rules.openFor;
    expect(admit(look(open, bad(over, 'forbidden 403'), rules), rules, over).admitted).toBe(true);
    expect(admit(look(open, bad(over, 'refused'), rules), rules, over)).toMatchObject({
      refusal: 'unhealthy',
    });
  });

  it('is not disproved by the end of an answer that began before it looked', () => {
    const record = called(look(newRecord(START), bad(START), rules), GOOD, START + 89);
    expect(look(record, bad(START + 100), rules).breaker).toMatchObject({ failures: [START + 100] });
  });
});

describe('reset', () => {
  it('closes, forgets pauses, suspicion, health and limits, and takes nothing from calls that still run', () => {
    const trial = claimed(opened(), expired);
    const paused = settle(trial.record, trial.ticket, fault('rate_limited', 429, 9_000), rules, expired);
    const running = claimed({ ...paused, cooling: null }, expired);
    const fresh = reset(look(suspected(running.record, expired + 9), bad(expired), rules), expired + 1);
    const { breaker, validFrom } = fresh;
    expect(fresh).toEqual({ ...newRecord(expired + 1), breaker, validFrom });
    expect(fresh.breaker).toMatchObject({ state: 'closed', failures: [], since: expired + 1 });
    const ends = [
      fault('refused'),
      fault('no_first_byte'),
      fault('rate_limited', 429, 9_000),
      fault('refused', 401),
    ];
    for (const end of ends) expect(settle(fresh, running.ticket, end, rules, expired + 2)).toBe(fresh);
    const next = claimed(fresh, expired + 2);
    expect(
      settle(next.record, next.ticket, fault('no_first_byte'), rules, expired + 3).suspect,
    ).not.toBeNull();
  });
});
