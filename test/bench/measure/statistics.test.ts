import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ratios, spread } from '../../../bench/measure/statistics.js';

describe('spread', () => {
  it('takes the middle of an odd and the mean of the two middles of an even number of values', () => {
    expect(spread([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3, rounds: 3 });
    expect(spread([4, 1, 2, 3]).median).toBe(2.5);
  });

  it('lies between least and most, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: 0, max: 1e6 }), { minLength: 1 }), (values) => {
        const { median, least, most } = spread(values);
        expect(least).toBeLessThanOrEqual(median);
        expect(median).toBeLessThanOrEqual(most);
        expect(spread([...values].reverse()).median).toBe(median);
      }),
    );
  });

  it('refuses an empty list', () => {
    expect(() => spread([])).toThrow(RangeError);
  });
});

describe('ratios', () => {
  it('divides pair by pair, so that a slow round of both sides changes nothing', () => {
    expect(ratios([1, 100, 1], [2, 200, 2])).toEqual({ median: 0.5, least: 0.5, most: 0.5, rounds: 3 });
  });
});
