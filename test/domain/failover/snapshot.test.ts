import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settle, type Breaker } from '../../../domain/failover/breaker.js';
import { admit, newRecord, type ProviderRecord } from '../../../domain/failover/record.js';
import { failoverSnapshot, laterSwitch, recordOf, stateOf } from '../../../domain/failover/snapshot.js';
import { NO_SWITCH } from '../../../domain/failover/switching.js';

const rules = { threshold: 3, window: 60_000, openFor: 30_000, halfOpenMax: 1 };
const NOW = 1_800_000_000_000;

const time = fc.integer({ min: 0, max: NOW });
const reason = fc.string({ maxLength: 600 });
const episode = fc.nat(1_000_000);
const breaker: fc.Arbitrary<Breaker> = fc.oneof(
  fc.record({
    state: fc.constant('closed' as const),
    episode,
    since: time,
    failures: fc.array(time, { maxLength: 9 }),
  }),
  fc.record({ state: fc.constant('open' as const), episode, since: time, until: time, reason }),
  fc.record({ state: fc.constant('half_open' as const), episode, since: time, trials: fc.nat(3), reason }),
);
const samples = fc.array(
  fc.double({ min: 0, max: 1e6, noNaN: true, noDefaultInfinity: true }).map(Math.abs),
  { maxLength: 64 },
);
const perSize = fc.tuple(samples, samples, samples);
const record: fc.Arbitrary<ProviderRecord> = fc.record({
  breaker,
  cooling: fc.option(
    fc.record({ since: time, until: time, reason, times: fc.integer({ min: 1, max: 99 }) }),
    { nil: null },
  ),
  health: fc.constant({ state: 'bad' as const, detail: 'refused', at: NOW }),
  disproved: fc.option(reason, { nil: null }),
  suspect: fc.option(fc.record({ until: time }), { nil: null }),
  validFrom: fc.constant(0),
  learned: fc.record({
    first: perSize,
    whole: perSize,
    answered: fc.option(time, { nil: null }),
    warmSince: fc.option(time, { nil: null }),
  }),
});

/** Through the file and back. */
function kept(of: ProviderRecord, withLearned = true): ProviderRecord {
  const written = { v: 1, providers: { kimi: stateOf(of, NOW, withLearned) }, switch: NO_SWITCH };
  const read = failoverSnapshot.parse(JSON.parse(JSON.stringify(written)));
  const state = read.providers['kimi'];
  if (state === undefined) throw new Error('lost');
  return recordOf(state, NOW);
}

describe('what is written', () => {
  it('can always be read again, and is the same record without what belongs to the process', () => {
    fc.assert(
      fc.property(record, (before) => {
        const after = kept(before);
        const short = (text: string) => text.slice(0, 300);
        const { cooling } = before;
        expect(after.cooling).toEqual(
          cooling === null ? null : { ...cooling, reason: short(cooling.reason) },
        );
        expect(after.learned).toEqual(before.learned);
        expect([after.health, after.suspect, after.disproved]).toEqual([null, null, null]);
        if (before.breaker.state === 'closed') expect(after.breaker).toEqual(before.breaker);
        else
          expect(after.breaker).toMatchObject({
            state: before.breaker.state,
            reason: short(before.breaker.reason),
          });
      }),
    );
  });

  it('is short, however much a provider had to say', () => {
    const long = 'x'.repeat(5_000);
    const after = kept({
      ...newRecord(NOW),
      breaker: { state: 'open', episode: 1, since: NOW, until: NOW, reason: long },
      cooling: { since: NOW, until: NOW, reason: long, times: 1 },
    });
    expect(after.breaker).toMatchObject({ reason: 'x'.repeat(300) });
    expect(after.cooling).toMatchObject({ reason: 'x'.repeat(300) });
  });

  it('keeps the open time that is left, to the millisecond', () => {
    const open = {
      state: 'open',
      episode: 7,
      since: NOW - 10_000,
      until: NOW + 20_000,
      reason: 'refused',
    } as const;
    const after = kept({ ...newRecord(NOW), breaker: open });
    expect(after.breaker).toEqual(open);
    expect(admit(after, rules, NOW + 19_999)).toMatchObject({ admitted: false, until: NOW + 20_000 });
    expect(admit(after, rules, NOW + 20_000)).toMatchObject({ admitted: true, ticket: { trial: true } });
  });

  it('brings a half-open one back with free slots, and takes nothing from the trials of before', () => {
    const half = { state: 'half_open', episode: 4, since: NOW, trials: 1, reason: 'refused' } as const;
    const after = kept({ ...newRecord(NOW), breaker: half });
    const { record: next, admitted } = admit(after, rules, NOW);
    expect([admitted, next.breaker]).toMatchObject([true, { state: 'half_open', trials: 1 }]);
    const late = settle(next.breaker, { episode: 4, trial: true }, { kind: 'success' }, rules, NOW);
    expect(late).toBe(next.breaker);
  });

  it('leaves learned limits out for the workflow, and starts without any then', () => {
    const learned = { first: [[1], [2], [3]], whole: [[4], [5], [6]], answered: 7, warmSince: 6 } as const;
    const of = { ...newRecord(NOW), learned };
    expect(stateOf(of, NOW, false)).not.toHaveProperty('learned');
    expect(kept(of, false).learned).toEqual(newRecord(NOW).learned);
  });
});

describe('a damaged snapshot', () => {
  const good = {
    v: 1,
    providers: {
      kimi: { ...stateOf(newRecord(NOW), NOW, true), state: 'open', until: NOW, reason: 'refused' },
    },
    switch: NO_SWITCH,
  };
  const damaged = (
    change: (copy: { v: unknown; switch: unknown; providers: { kimi: Record<string, unknown> } }) => void,
  ) => {
    const copy = structuredClone(good) as unknown as Parameters<typeof change>[0];
    change(copy);
    return copy;
  };

  it('is refused as a whole, while the undamaged one is read', () => {
    expect(failoverSnapshot.safeParse(good).success).toBe(true);
  });

  it.each<[string, unknown]>([
    ['of a later version', damaged((copy) => (copy.v = 2))],
    ['without its switch', damaged((copy) => delete copy.switch)],
    ['with an open breaker that has no end', damaged((copy) => (copy.providers.kimi['until'] = null))],
    ['with an unknown state', damaged((copy) => (copy.providers.kimi['state'] = 'ajar'))],
    ['without a stamp', damaged((copy) => delete copy.providers.kimi['stamp'])],
    ['with a time that is no number', damaged((copy) => (copy.providers.kimi['since'] = 'today'))],
    ['with a time before all time', damaged((copy) => (copy.providers.kimi['since'] = -1))],
    ['with half of the limits', damaged((copy) => (copy.providers.kimi['learned'] = { first: [[], []] }))],
    ['that is none', null],
    ['that is a list', []],
  ])('%s is refused', (_, snapshot) => {
    expect(failoverSnapshot.safeParse(snapshot).success).toBe(false);
  });

  it('cut anywhere is no JSON, or refused', () => {
    const text = JSON.stringify(good);
    for (let end = 0; end < text.length; end++) {
      expect(() => failoverSnapshot.parse(JSON.parse(text.slice(0, end)))).toThrow();
    }
  });
});

describe('of two switches', () => {
  const early = { to: 'a', until: null, at: 1, by: 'ops' };
  const late = { to: 'b', until: null, at: 2, by: 'ops' };

  it('the later one holds, whoever is asked first; of one and the same, the one that is held', () => {
    expect(laterSwitch(early, late)).toBe(late);
    expect(laterSwitch(late, early)).toBe(late);
    expect(laterSwitch(early, { ...late, at: 1 })).toBe(early);
    expect(laterSwitch(NO_SWITCH, early)).toBe(early);
  });
});
