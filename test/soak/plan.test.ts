import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FAULTS } from '../../soak/faults/table.js';
import { CATALOGUE, specOf } from '../../soak/plan/catalogue.js';
import { AT_ONCE, planOf, QUIET_MS } from '../../soak/plan/plan.js';

const MINUTE = 60_000;
const seeds = fc.integer({ min: 0, max: 1_000_000 });
const lengths = fc.integer({ min: 1, max: 40 }).map((minutes) => minutes * MINUTE);

it('gives the same plan for the same seed, and another one for another', () => {
  fc.assert(
    fc.property(seeds, lengths, (seed, length) => {
      expect(planOf({ seed, length })).toEqual(planOf({ seed, length }));
    }),
    { numRuns: 12 },
  );
  expect(planOf({ seed: 1, length: 10 * MINUTE })).not.toEqual(planOf({ seed: 2, length: 10 * MINUTE }));
});

it('leaves what it hits alone until its rest is over, and bounds what is in force at once', () => {
  fc.assert(
    fc.property(seeds, lengths, (seed, length) => {
      const plan = planOf({ seed, length });
      for (const each of plan) {
        const { claims, seconds } = specOf(each.kind);
        expect(each.at).toBeGreaterThanOrEqual(QUIET_MS);
        expect(each.at).toBeLessThan(length);
        expect(each.lasts).toBeGreaterThanOrEqual(seconds[0] * 1000);
        expect(each.lasts).toBeLessThanOrEqual(seconds[1] * 1000);
        const earlier = plan.filter(({ at, id }) => id < each.id && at <= each.at);
        const inForce = earlier.filter(({ at, lasts }) => at + lasts > each.at);
        expect(inForce.length).toBeLessThan(AT_ONCE);
        const mine = new Set(claims(each.target));
        const taken = earlier
          .filter(({ at, lasts, kind }) => at + lasts + specOf(kind).rest * 1000 > each.at)
          .flatMap(({ kind, target }) => specOf(kind).claims(target));
        expect(taken.filter((claim) => mine.has(claim))).toEqual([]);
      }
    }),
    { numRuns: 12 },
  );
});

it('lets the processes of one node grow old', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const length = 40 * MINUTE;
      const deaths = planOf({ seed, length }).filter(
        ({ kind, target }) =>
          target === 'cloud' && /^(worker-killed|supervisor-killed|all-restarted)$/.test(kind),
      );
      for (const { at } of deaths) expect(at).toBeLessThan(length / 4);
    }),
    { numRuns: 10 },
  );
});

it('plays every kind in an hour or two', () => {
  const kinds = new Set(
    [1, 2, 3].flatMap((seed) => planOf({ seed, length: 60 * MINUTE }).map(({ kind }) => kind)),
  );
  expect([...kinds].sort()).toEqual(CATALOGUE.map(({ kind }) => kind).sort());
});

it('plays only what is asked for, and refuses names that do not exist', () => {
  const plan = planOf({ seed: 3, length: 30 * MINUTE, only: ['hub-away', 'services'] });
  const groups = new Set(plan.map(({ kind }) => (kind === 'hub-away' ? 'hub-away' : specOf(kind).group)));
  expect(groups).toEqual(new Set(['hub-away', 'services']));
  expect(() => planOf({ seed: 3, length: MINUTE, only: ['earthquake'] })).toThrow(/no "earthquake" among/);
});

it('knows how to do each fault of the catalogue, and no other', () => {
  expect(Object.keys(FAULTS).sort()).toEqual(CATALOGUE.map(({ kind }) => kind).sort());
});
