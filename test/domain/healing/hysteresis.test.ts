import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterGap,
  judge,
  look,
  meanOf,
  percentLimits,
  UNSEEN,
  within,
  type Rule,
  type Track,
} from '../../../domain/healing/hysteresis.js';
import type { State } from '../../../domain/healing/model.js';

const rule = fc
  .record({ bad: fc.integer({ min: 1, max: 5 }), more: fc.nat(3), good: fc.integer({ min: 1, max: 4 }) })
  .map(({ bad, more, good }): Rule => ({ bad, of: bad + more, good }));
const states = fc.array(fc.constantFrom<State>('good', 'bad', 'unknown'), { maxLength: 60 });

function tracks(all: readonly State[], by: Rule): readonly Track[] {
  const seen: Track[] = [];
  let track = UNSEEN;
  all.forEach((state, index) => {
    track = look(track, state, (index + 1) * 1000, by);
    seen.push(track);
  });
  return seen;
}

/** The same rule, said over the whole list of looks. */
function oracle(all: readonly State[], by: Rule): readonly boolean[] {
  let active = false;
  let from = 0;
  return all.map((state, index) => {
    if (active) {
      const last = all.slice(Math.max(from, index - by.good + 1), index + 1);
      if (last.length === by.good && last.every((each) => each === 'good')) {
        active = false;
        from = index + 1;
      }
    } else {
      const window = all.slice(Math.max(from, index - by.of + 1), index + 1);
      active = state === 'bad' && window.filter((each) => each === 'bad').length >= by.bad;
    }
    return active;
  });
}

describe('m of n looks', () => {
  it('is what the rule says over the whole list', () => {
    fc.assert(
      fc.property(states, rule, (all, by) => {
        // The window that ended an episode counts no more for the next one; while one lasts, `good` looks back over all of it.
        expect(tracks(all, by).map(({ active }) => active)).toEqual(oracle(all, by));
      }),
      { numRuns: 3_000 },
    );
  });

  it('neither begins nor ends by looks that could not be taken', () => {
    fc.assert(
      fc.property(states, rule, (all, by) => {
        let track = UNSEEN;
        for (const state of all) {
          const next = look(track, state, 0, by);
          if (state === 'unknown') expect(next.active).toBe(track.active);
          track = next;
        }
      }),
    );
  });

  it('says since when it is bad: the first bad look of those that began it', () => {
    const by = { bad: 3, of: 5, good: 2 };
    const seen = tracks(['bad', 'good', 'bad', 'good', 'bad'], by);
    expect(seen.at(-1)).toMatchObject({ active: true, since: 1000 });
  });

  it('counts blindness from the first look that failed to the first that did not', () => {
    const by = { bad: 1, of: 1, good: 1 };
    const seen = tracks(['good', 'unknown', 'unknown', 'good'], by).map(({ blindSince }) => blindSince);
    expect(seen).toEqual([null, 2000, 2000, null]);
  });

  it('forgets the looks before a sleep, not what was active', () => {
    const by = { bad: 2, of: 3, good: 2 };
    const half = look(UNSEEN, 'bad', 0, by);
    expect(look(afterGap(half), 'bad', 1, by).active).toBe(false);
    const whole = look(half, 'bad', 1, by);
    expect(look(afterGap(whole), 'good', 2, by).active).toBe(true);
  });
});

describe('a threshold', () => {
  it('is lower on the way out than on the way in', () => {
    const limits = percentLimits(70);
    expect([70, 70.1].map((value) => judge(value, limits, false))).toEqual(['good', 'bad']);
    expect([65, 65.1].map((value) => judge(value, limits, true))).toEqual(['good', 'bad']);
    expect(percentLimits(3).exit).toBe(0);
  });

  it('judges the mean of a while', () => {
    let samples = within([], { at: 0, value: 60 }, 30_000);
    for (let n = 1; n <= 5; n += 1) samples = within(samples, { at: n * 5_000, value: 60 }, 30_000);
    samples = within(samples, { at: 30_000, value: 90 }, 30_000);
    expect(samples).toHaveLength(6);
    expect(meanOf(samples)).toBe(65);
  });

  it('drops samples that lie ahead of a clock that was set back', () => {
    const samples = within([{ at: 9_000, value: 1 }], { at: 5_000, value: 2 }, 30_000);
    expect(samples).toEqual([{ at: 5_000, value: 2 }]);
  });
});
