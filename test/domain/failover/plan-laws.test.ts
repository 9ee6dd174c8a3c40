// What holds of every plan, whatever is configured and asked for.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byPolicy, embeddingModel } from '../../../domain/failover/plan.js';
import type { Capability, ProviderRules } from '../../../domain/failover/provider.js';
import { chance } from './support/chance.js';
import { planned, provider } from './support/plans.js';

const capability = fc.constantFrom<Capability>(
  'chat',
  'completions',
  'embeddings',
  'stream',
  'tools',
  'vision',
  'json',
);
const name = fc.constantFrom('p0', 'p1', 'p2', 'p3', 'p4', 'p5');
const model = fc.constantFrom('phi4', 'kimi', 'auto-detect', 'bge');
const someProviders = fc.uniqueArray(name, { maxLength: 6 }).chain((list) =>
  fc.tuple(
    ...list.map((each) =>
      fc
        .record({
          priority: fc.nat(2),
          weight: fc.double({ min: 0.01, max: 100, noNaN: true }),
          cost: fc.option(fc.nat(3), { nil: null }),
          location: fc.constantFrom('local' as const, 'remote' as const),
          model,
          embeddingModel: fc.option(model, { nil: null }),
          supports: fc.option(fc.uniqueArray(capability), { nil: null }),
        })
        .map((more) => provider(each, more)),
    ),
  ),
);
const someFacts = fc.record({
  kind: fc.constantFrom('chat' as const, 'completions' as const, 'embeddings' as const),
  stream: fc.boolean(),
  needs: fc.uniqueArray(capability, { maxLength: 2 }),
  model: fc.option(fc.oneof(name, model), { nil: null }),
  only: fc.option(name, { nil: null, freq: 4 }),
  localOnly: fc.boolean(),
  promptTokens: fc.nat(),
});
const someWishes = fc.record({
  facts: someFacts,
  failover: fc.record({
    mode: fc.constantFrom('sequential' as const, 'parallel' as const, 'weighted' as const),
    localToRemote: fc.constantFrom('allow' as const, 'forbid' as const),
  }),
  switched: name,
  suspects: fc.uniqueArray(name, { maxLength: 3 }),
  random: fc.integer().map(chance),
});

describe('whatever is configured and asked for', () => {
  it('does not depend on the order in the file', () => {
    fc.assert(
      fc.property(someProviders, fc.integer(), (list, seed) => {
        const random = chance(seed);
        const shuffled = [...list].map((each) => [random(), each] as const).sort(([x], [y]) => x - y);
        expect(byPolicy(shuffled.map(([, each]) => each))).toEqual(byPolicy(list));
      }),
    );
  });

  it('names each provider once, also at the edges of chance', () => {
    fc.assert(
      fc.property(someProviders, fc.constantFrom(0, 0.5, 1 - 2 ** -53), (some, edge) => {
        const list = some.map((each) => ({ ...each, supports: null }));
        const { order } = planned(list, { failover: { mode: 'weighted' }, random: () => edge });
        expect([...order].sort((x, y) => (x.name < y.name ? -1 : 1))).toEqual(
          [...list].sort((x, y) => (x.name < y.name ? -1 : 1)),
        );
      }),
    );
  });

  it('each provider is either in the order once or excluded once with a reason', () => {
    fc.assert(
      fc.property(someProviders, someWishes, (list, wishes) => {
        const { order, excluded } = planned(list, wishes);
        const seen = [...order, ...excluded].map((each) => each.name);
        expect(seen.sort()).toEqual(list.map((each) => each.name).sort());
      }),
    );
  });

  it('a private request never leaves the house, and a pinned one never changes hands', () => {
    fc.assert(
      fc.property(someProviders, someWishes, (list, wishes) => {
        const { order } = planned(list, wishes);
        if (wishes.facts.localOnly) expect(order.filter(({ location }) => location !== 'local')).toEqual([]);
        const { only } = wishes.facts;
        if (only !== null) expect(order.filter((each) => each.name !== only)).toEqual([]);
      }),
    );
  });

  it('where going from local to remote is forbidden, no remote one comes after a start on a local one', () => {
    fc.assert(
      fc.property(someProviders, someWishes, (list, wishes) => {
        const { order } = planned(list, {
          ...wishes,
          suspects: [],
          failover: { ...wishes.failover, localToRemote: 'forbid' },
        });
        if (order[0]?.location === 'local')
          expect(order.every(({ location }) => location === 'local')).toBe(true);
      }),
    );
  });

  it('all vectors of one request come from one named model, or from one provider', () => {
    fc.assert(
      fc.property(someProviders, someWishes, (list, wishes) => {
        const asked = { ...wishes.facts, kind: 'embeddings' as const };
        const { order } = planned(list, { ...wishes, facts: asked });
        const models = new Set(order.map((each) => embeddingModel(each, asked)));
        expect(models.size).toBeLessThanOrEqual(1);
        if (order.length > 1) expect(models).not.toContain('auto-detect');
      }),
    );
  });

  it('silent ones stand behind all others, and the order among each kind stays', () => {
    fc.assert(
      fc.property(someProviders, someWishes, fc.integer(), (list, wishes, seed) => {
        const suspects = new Set<string>(wishes.suspects);
        const without = planned(list, { ...wishes, suspects: [], random: chance(seed) }).order;
        const { order } = planned(list, { ...wishes, random: chance(seed) });
        const silent = (each: ProviderRules) => suspects.has(each.name);
        expect(order).toEqual([...without.filter((each) => !silent(each)), ...without.filter(silent)]);
      }),
    );
  });
});
