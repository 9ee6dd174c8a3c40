import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextLook, probeTimeout } from '../../../domain/failover/monitor-rhythm.js';

const random = fc.double({ min: 0, max: 0.999, noNaN: true });

describe('the rhythm of the monitor', () => {
  it('is about 2 s near trouble and about 15 s else, never in step', () => {
    fc.assert(
      fc.property(random, (value) => {
        expect(nextLook(true, value)).toBeGreaterThanOrEqual(1_800);
        expect(nextLook(true, value)).toBeLessThanOrEqual(2_200);
        expect(nextLook(false, value)).toBeGreaterThanOrEqual(13_500);
        expect(nextLook(false, value)).toBeLessThanOrEqual(16_500);
      }),
    );
    expect(nextLook(false, 0.1)).not.toBe(nextLook(false, 0.9));
  });

  it('gives a look 5 s, less where the provider has less', () => {
    expect([probeTimeout(60_000), probeTimeout(800)]).toEqual([5_000, 800]);
  });
});
