import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  askedOrder,
  manage,
  newManager,
  snapshotOf,
  targetFor,
  type ManagerEvent,
  type ManagerState,
} from '../../../domain/failover/manager.js';
import { describe as inWords, headline, summaryOf } from '../../../domain/failover/manager-status.js';
import { failoverSnapshot, type ProviderState } from '../../../domain/failover/snapshot.js';
import { NO_SWITCH, type Switch } from '../../../domain/failover/switching.js';

const providers = [
  { name: 'a', configured: true },
  { name: 'b', configured: true },
  { name: 'c', configured: false },
];

const kept = (stamp: number, more: Partial<ProviderState> = {}): ProviderState => ({
  stamp,
  state: 'closed',
  since: stamp,
  episode: 0,
  until: null,
  reason: null,
  failures: [],
  cooling: null,
  ...more,
});

const reported = (of: Record<string, ProviderState>, current: Switch = NO_SWITCH): ManagerEvent => ({
  kind: 'reported',
  snapshot: { v: 1, providers: of, switch: { ...current } },
});

const fold = (events: readonly ManagerEvent[], from: ManagerState = newManager(providers)) =>
  events.reduce(manage, from);

const switched = (to: string | null, at: number, until: number | null = null): ManagerEvent => ({
  kind: 'switched',
  switch: { to, until, at, by: 'x' },
});

const eventArb: fc.Arbitrary<ManagerEvent> = fc.oneof(
  fc.record({
    kind: fc.constant('reported' as const),
    snapshot: fc.record({
      v: fc.constant(1 as const),
      providers: fc.dictionary(
        fc.constantFrom('a', 'b', 'c', 'stranger'),
        fc.nat(50).map((stamp) => kept(stamp, { reason: `as of ${stamp}` })),
      ),
      switch: fc.record({
        to: fc.constantFrom(null, 'a', 'b', 'stranger'),
        until: fc.constant(null),
        at: fc.nat(50),
        by: fc.constant('x'),
      }),
    }),
  }),
  fc.record({ to: fc.constantFrom(null, 'a', 'b'), at: fc.nat(50) }).map(({ to, at }) => switched(to, at)),
  fc
    .record({ name: fc.constantFrom('a', 'b', 'stranger'), state: fc.constantFrom('good', 'bad', 'unknown') })
    .map(({ name, state }) => ({
      kind: 'looked' as const,
      readings: [{ name, reading: { state: state as 'good', detail: '', at: 1 } }],
    })),
  fc.constantFrom('a', null).map((name) => ({ kind: 'reset' as const, name, now: 60 })),
  fc.constant({ kind: 'noted' as const, text: 'n' }),
);

describe('the state of the manager', () => {
  it('never goes back behind a later stamp, whatever comes in whatever order', () => {
    fc.assert(
      fc.property(fc.array(eventArb, { maxLength: 30 }), (events) => {
        let state = newManager(providers);
        for (const event of events) {
          const next = manage(state, event);
          for (const [name, { stamp }] of Object.entries(state.kept))
            expect(next.kept[name]?.stamp).toBeGreaterThanOrEqual(stamp);
          expect(next.switch.at).toBeGreaterThanOrEqual(state.switch.at);
          state = next;
        }
      }),
    );
  });

  it('is the same for the same reports in another order', () => {
    const reports = fc.array(
      eventArb.filter(({ kind }) => kind === 'reported'),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(reports, (events) => {
        const stamps = (state: ManagerState) => [
          Object.entries(state.kept)
            .map(([name, { stamp }]) => [name, stamp])
            .sort(),
          state.switch.at,
        ];
        expect(stamps(fold([...events].reverse()))).toEqual(stamps(fold(events)));
      }),
    );
  });

  it('holds only what is configured, and makes a snapshot that the schema takes', () => {
    fc.assert(
      fc.property(fc.array(eventArb, { maxLength: 20 }), (events) => {
        const snapshot = snapshotOf(fold(events));
        expect(failoverSnapshot.safeParse(snapshot).success).toBe(true);
        expect(Object.keys(snapshot.providers)).not.toContain('stranger');
        expect(snapshot.switch.to).not.toBe('stranger');
      }),
    );
  });

  it('is the same object when nothing is new', () => {
    const state = fold([reported({ a: kept(5) })]);
    expect(manage(state, reported({ a: kept(5), stranger: kept(9) }))).toBe(state);
    expect(manage(state, { kind: 'configured', providers: [...providers] })).toBe(state);
    expect(manage(state, switched(null, 0))).toBe(state);
  });

  it('drops learned limits, which only the front has a use for', () => {
    const none = [[], [], []] as [number[], number[], number[]];
    const state = fold([
      reported({ a: { ...kept(5), learned: { first: none, whole: none, answered: 3, warmSince: 3 } } }),
    ]);
    expect(state.kept['a']).not.toHaveProperty('learned');
  });

  it('keeps since when a provider is in its state of health, not when it was last looked at', () => {
    const look = (state: 'good' | 'bad', at: number): ManagerEvent => ({
      kind: 'looked',
      readings: [{ name: 'a', reading: { state, detail: 'd', at } }],
    });
    expect(fold([look('bad', 10), look('bad', 20)]).health['a']?.at).toBe(10);
    expect(fold([look('bad', 10), look('good', 20)]).health['a']?.at).toBe(20);
  });

  it('forgets what is no longer configured, and a switch to it', () => {
    const full = fold([reported({ a: kept(5), b: kept(6) }), switched('b', 7)]);
    const state = manage(full, { kind: 'configured', providers: [{ name: 'a', configured: true }] });
    expect(Object.keys(state.kept)).toEqual(['a']);
    expect(state.switch).toMatchObject({ to: null, at: 7 });
    expect(manage(state, switched('a', 8)).switch.to).toBe('a');
  });

  it('closes what is reset and leaves the others', () => {
    const open = { state: 'open', until: 99, reason: 'refused' } as const;
    const state = fold([reported({ a: kept(5, open), b: kept(6, open) })]);
    const one = manage(state, { kind: 'reset', name: 'a', now: 50 });
    expect([one.kept['a']?.state, one.kept['b']?.state]).toEqual(['closed', 'open']);
    expect(manage(state, { kind: 'reset', name: null, now: 50 }).kept['b']?.state).toBe('closed');
  });
});

describe("a person's word", () => {
  const state = newManager(providers);

  it('means policy, the next one that is well, or the one of that name', () => {
    expect(targetFor(state, 'primary')).toEqual({ to: null });
    expect(targetFor(state, 'backup')).toEqual({ to: 'b' });
    expect(targetFor(state, 'a')).toEqual({ to: 'a' });
    const three = newManager([...providers.slice(0, 2), { name: 'd', configured: true }]);
    const sick = manage(three, reported({ b: kept(1, { state: 'open', until: 9 }) }));
    expect(targetFor(sick, 'backup')).toEqual({ to: 'd' });
  });

  it('is refused with the names that there are', () => {
    expect(targetFor(state, 'x')).toEqual({ why: 'There is no provider "x"; known: primary, backup, a, b.' });
    expect(targetFor(state, 'c')).toHaveProperty('why');
    expect(targetFor(newManager(providers.slice(0, 1)), 'backup')).toEqual({
      why: 'There is no second provider to switch to.',
    });
  });

  it('puts the switched one first until its time is over', () => {
    const b = fold([switched('b', 10, 100)]);
    expect(askedOrder(b, 99)).toEqual(['b', 'a']);
    expect(askedOrder(b, 100)).toEqual(['a', 'b']);
  });
});

describe('the manager in words', () => {
  it('has a line per provider in the order of asking, with reason and times', () => {
    const state = fold([
      reported({ a: kept(5, { state: 'open', until: 60_000, reason: 'refused' }) }),
      switched('b', 10, 100_000),
      { kind: 'looked', readings: [{ name: 'b', reading: { state: 'good', detail: '2 models', at: 0 } }] },
    ]);
    expect(inWords(state, 20).split('\n')).toEqual([
      '1. **b**: closed, health good since 1970-01-01T00:00:00.000Z',
      '2. **a**: open until 1970-01-01T00:01:00.000Z (refused)',
      '3. **c**: not configured',
      '',
      'switched until 1970-01-01T00:01:40.000Z',
    ]);
    expect(headline(state, 20)).toBe('1 of 2 closed, b first, switched by x');
    expect(headline(newManager([]), 20)).toBe('no provider is configured');
  });

  it('shows a pause that the provider asked for, while it lasts', () => {
    const pause = { since: 0, until: 500, reason: 'rate_limited 429', times: 1 };
    const state = fold([reported({ a: kept(5, { cooling: pause }) })]);
    expect(summaryOf(state, 400).providers['a']).toMatchObject({
      until: '1970-01-01T00:00:00.500Z',
      reason: 'rate_limited 429',
    });
    expect(summaryOf(state, 500).providers['a']).toMatchObject({ until: null, reason: null });
  });
});
