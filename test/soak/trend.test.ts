import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trendOf, trendProblems, type Point } from '../../soak/checks/trend.js';

const MINUTE = 60_000;
const BOUND = { what: 'memory', growth: 30, max: 500 };

function points(count: number, value: (minute: number) => number): readonly Point[] {
  return Array.from({ length: count }, (_, index) => ({ at: index * 5_000, value: value(index / 12) }));
}

function problems(all: readonly Point[]): readonly string[] {
  const trend = trendOf(all);
  return trend === null ? ['no trend'] : trendProblems(trend, BOUND).map(({ what }) => what);
}

describe('a trend', () => {
  it('is seen in a leak of 2 MB a minute under a noise of 20 MB', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 300, maxLength: 300 }),
        (noise) => {
          const leak = points(300, (minute) => 150 + 2 * minute).map((point, index) => ({
            ...point,
            value: point.value + (noise[index] ?? 0),
          }));
          expect(problems(leak)).toEqual(['memory grows']);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('is not seen in noise, in a saw, or in one step', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 300, maxLength: 300 }),
        (noise) => {
          const flat = points(300, () => 150).map((point, index) => ({
            ...point,
            value: point.value + (noise[index] ?? 0),
          }));
          expect(problems(flat)).toEqual([]);
        },
      ),
      { numRuns: 20 },
    );
    expect(problems(points(300, (minute) => 150 + 40 * (minute % 2)))).toEqual([]);
    expect(problems(points(300, (minute) => (minute < 24 ? 150 : 190)))).toEqual([]);
  });

  it('is not seen in what shrinks, and a ceiling is one', () => {
    expect(problems(points(300, (minute) => 400 - 4 * minute))).toEqual([]);
    expect(problems(points(300, (minute) => (minute > 24 ? 501 : 150)))).toEqual(['memory is above 500']);
  });

  it('measures slope and growth, whatever the order of the points', () => {
    const trend = trendOf([...points(121, (minute) => 10 + 3 * minute)].reverse());
    expect(trend?.slope).toBeCloseTo(180);
    expect(trend?.growth).toBeCloseTo(30);
    expect(trend?.span).toBe(10 * MINUTE);
  });

  it('is none with too few points', () => {
    expect(trendOf(points(7, () => 1))).toBeNull();
  });
});
