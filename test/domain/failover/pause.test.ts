import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pauseAfter, pauseNow, type Pause } from '../../../domain/failover/pause.js';

const START = 5_000_000;

describe('a pause', () => {
  it('doubles from 2 s to a minute while refusals name no time and nothing good comes between', () => {
    const waits: number[] = [];
    let pause: Pause | null = null;
    for (let now = START, n = 0; n < 7; n++) {
      pause = pauseAfter(pause, null, 'rate_limited 429', now);
      waits.push(pause.until - now);
      now = pause.until;
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('is as long as the provider asks, whether shorter or longer than ours', () => {
    expect(pauseAfter(null, 50, 'x', START)).toMatchObject({ until: START + 50 });
    expect(pauseAfter(null, 3_600_000, 'x', START)).toMatchObject({ until: START + 3_600_000 });
  });

  it('is one pause for all calls that met the same limit beside each other, until its latest end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.integer({ min: 1, max: 60_000 }), { nil: null }), { minLength: 1 }),
        (asked) => {
          const all = asked.reduce<Pause | null>((pause, wait) => pauseAfter(pause, wait, 'x', START), null);
          expect(all?.times).toBe(1);
          expect(all?.until).toBe(START + Math.max(...asked.map((wait) => wait ?? 2_000)));
        },
      ),
    );
  });

  it('keeps its length when the clock is set back, and is over after that', () => {
    const pause = pauseAfter(null, 7_000, 'x', START);
    expect(pauseNow(pause, START + 1)).toBe(pause);
    const back = START - 3_600_000;
    expect(pauseNow(pause, back)).toMatchObject({ since: back, until: back + 7_000 });
  });
});
