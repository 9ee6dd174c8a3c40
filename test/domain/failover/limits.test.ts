import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  firstContentLimit,
  learn,
  LEAST_LIMIT,
  NOTHING_LEARNED,
  wholeAnswerLimit,
  type Learned,
} from '../../../domain/failover/limits.js';
import { chance } from './support/chance.js';

const UNKNOWN = 4_000;
const START = 50_000_000;
const SHORT = 100;

/** Learned from first contents of these times, one call after the other, on a warm provider. */
function taught(times: readonly number[], promptTokens = SHORT): Learned {
  let now = START;
  let learned = learn(NOTHING_LEARNED, { promptTokens, first: 1, whole: 1 }, now);
  for (const first of times) {
    now += first + 1;
    learned = learn(learned, { promptTokens, first, whole: first }, now);
  }
  return learned;
}

function limitAfter(times: readonly number[]): number {
  return firstContentLimit(taught(times), SHORT, UNKNOWN);
}

const time = fc.integer({ min: 1, max: 100_000 });

describe('the limit of silence', () => {
  it('is the configured one until five warm answers are known', () => {
    expect(limitAfter([700, 700, 700, 700])).toBe(UNKNOWN);
    expect(limitAfter([700, 700, 700, 700, 700])).toBe(1_400);
    expect(wholeAnswerLimit(taught([700, 700, 700, 700]), SHORT)).toBeNull();
    expect(wholeAnswerLimit(taught([700, 700, 700, 700, 700]), SHORT)).toBe(1_400);
  });

  it('never falls below a second, whatever is learned', () => {
    fc.assert(
      fc.property(fc.array(time, { minLength: 5, maxLength: 100 }), (times) => {
        expect(limitAfter(times)).toBeGreaterThanOrEqual(LEAST_LIMIT);
      }),
    );
  });

  it('never falls when an answer was slower', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(time, fc.nat(50_000)), { minLength: 5, maxLength: 80 }), (pairs) => {
        const slower = limitAfter(pairs.map(([ms, more]) => ms + more));
        expect(slower).toBeGreaterThanOrEqual(limitAfter(pairs.map(([ms]) => ms)));
      }),
    );
  });

  it('is not blown up by one freak among a few answers, nor moved by two among many', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 300, max: 600 }), { minLength: 5, maxLength: 63 }), (usual) => {
        expect(limitAfter([...usual, 120_000])).toBeLessThanOrEqual(600 * 8);
        if (usual.length < 32) return;
        expect(limitAfter([...usual, 120_000, 90_000].slice(-64))).toBeLessThanOrEqual(1_200);
      }),
    );
  });

  it('follows a provider that has become slower or faster for good', () => {
    const fast = Array<number>(64).fill(500);
    const slow = Array<number>(64).fill(5_000);
    expect(limitAfter([...fast, ...slow.slice(0, 2)])).toBe(1_000);
    expect(limitAfter([...fast, ...slow.slice(0, 3)])).toBe(4_000);
    expect(limitAfter([...fast, ...slow.slice(0, 4)])).toBe(10_000);
    expect(limitAfter([...slow, ...fast])).toBe(1_000);
  });

  it('for a long prompt is not learned from short ones, but never lower than theirs', () => {
    const short = taught(Array<number>(5).fill(3_000));
    expect(firstContentLimit(short, 2_000, UNKNOWN)).toBe(6_000);
    expect(firstContentLimit(short, 2_001, UNKNOWN)).toBe(6_000);
    expect(firstContentLimit(taught(Array<number>(5).fill(400)), 20_000, UNKNOWN)).toBe(UNKNOWN);
    expect(firstContentLimit(taught(Array<number>(5).fill(9_000), 20_000), SHORT, UNKNOWN)).toBe(UNKNOWN);
    expect(wholeAnswerLimit(short, 2_001)).toBeNull();
  });
});

describe('what teaches', () => {
  const answer = (first: number | null) => ({ promptTokens: SHORT, first, whole: first });

  it('is not the first answer ever, nor the first after five quiet minutes', () => {
    const cold = learn(NOTHING_LEARNED, answer(60_000), START);
    expect(cold.first[0]).toEqual([]);
    const warm = learn(cold, answer(300), START + 400);
    expect(warm.first[0]).toEqual([300]);
    const quiet = START + 400 + 300_001;
    expect(learn(warm, answer(60_000), quiet + 60_000).first[0]).toEqual([300]);
  });

  it('is none of the calls that waited for the model to load beside the first one', () => {
    let learned = NOTHING_LEARNED;
    for (let n = 0; n < 20; n++) learned = learn(learned, answer(60_000 + n), START + 60_000 + n);
    expect(learned.first[0]).toEqual([]);
    expect(learn(learned, answer(300), START + 61_000).first[0]).toEqual([300]);
  });

  it('is every warm call, also when they overlap without end', () => {
    let learned = learn(NOTHING_LEARNED, answer(1), START);
    for (let n = 0; n < 20; n++) learned = learn(learned, answer(2_000), START + 2_001 + n * 10);
    expect(learned.first[0]).toHaveLength(20);
  });

  it('goes on after the clock was set back', () => {
    const before = taught([300, 300]);
    const back = START - 86_400_000;
    const after = learn(learn(before, answer(300), back), answer(300), back + 1_000);
    expect(after.first[0]).toEqual([300, 300, 300]);
  });

  it('is the newest 64 answers of each size', () => {
    const learned = taught(Array.from({ length: 200 }, (_, index) => index + 1));
    expect(learned.first[0]).toEqual(Array.from({ length: 64 }, (_, index) => index + 137));
    expect(learned.first[1]).toEqual([]);
  });

  it('is only the whole time, when the form of the call hides the first content', () => {
    const warm = taught([]);
    const learned = learn(warm, { promptTokens: SHORT, first: null, whole: 50 }, START + 100);
    expect([learned.first[0], learned.whole[0]]).toEqual([[], [50]]);
  });
});

/**
 * Share of calls that a healthy provider's usual slowness makes us hedge. Times are log-normal around `median` ms;
 * `beside` calls go out at a time, and of those that are over the limit only one is waited for: the others lose their
 * race and teach nothing.
 */
function hedgedShare(workload: {
  median: number;
  sigma: number;
  beside: number;
  drift: (part: number) => number;
}): number {
  const random = chance(7);
  const calls = 2_000;
  let hedged = 0;
  let now = START;
  let learned = learn(NOTHING_LEARNED, { promptTokens: SHORT, first: 1, whole: 1 }, now);
  for (let n = 0; n < calls; n += workload.beside) {
    const limit = firstContentLimit(learned, SHORT, UNKNOWN);
    const typical = workload.median * workload.drift(n / calls);
    const times = Array.from(
      { length: workload.beside },
      () => typical * Math.exp(workload.sigma * normal(random)),
    );
    const silent = times.filter((ms) => ms > limit);
    hedged += silent.length;
    now += 1_000;
    for (const first of [...times.filter((ms) => ms <= limit), ...silent.slice(0, 1)].sort((a, b) => a - b))
      learned = learn(learned, { promptTokens: SHORT, first, whole: first }, now + first);
    now += Math.max(...times);
  }
  return hedged / calls;
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

describe('extra calls in a healthy hour', () => {
  const drifts = {
    'a steady': () => 1,
    'a slowing': (part: number) => 6 ** part,
    'a quickening': (part: number) => 6 ** -part,
    'a swinging': (part: number) => 2 ** Math.sin(part * 40),
    'an all at once thrice as slow': (part: number) => (part < 0.5 ? 1 : 3),
  };
  it.each(Object.entries(drifts))('stay under 5 %% on %s provider', (_, drift) => {
    for (const median of [150, 900, 2_500])
      for (const sigma of [0.3, 0.6, 1, 1.4])
        for (const beside of [1, 8]) expect(hedgedShare({ median, sigma, beside, drift })).toBeLessThan(0.05);
  });

  it('are many more where the limit is too tight, so that the figure above means something', () => {
    const random = chance(7);
    const times = Array.from({ length: 4_000 }, () => 900 * Math.exp(normal(random)));
    expect(times.filter((ms) => ms > 2_200).length / times.length).toBeGreaterThan(0.1);
  });
});
