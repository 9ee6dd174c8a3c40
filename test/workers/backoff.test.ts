import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { restartDelay } from '../../workers/backoff.js';

describe('restartDelay', () => {
  it('doubles from 250 ms to 30 s', () => {
    const delays: number[] = [];
    for (let index = 0; index < 10; index++) delays.push(restartDelay(delays.at(-1) ?? null, 0));
    expect(delays).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('begins anew after a minute up, and never leaves its bounds', () => {
    fc.assert(
      fc.property(fc.option(fc.integer({ min: 250, max: 30_000 })), fc.nat(200_000), (previous, uptime) => {
        const delay = restartDelay(previous, uptime);
        expect(delay).toBeGreaterThanOrEqual(250);
        expect(delay).toBeLessThanOrEqual(30_000);
        if (uptime >= 60_000) expect(delay).toBe(250);
      }),
    );
  });
});
