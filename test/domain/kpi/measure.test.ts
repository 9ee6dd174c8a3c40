import { describe, expect, it } from 'vitest';
import { beginStretch, extend, measuredData, type Look, type Measured } from '../../../domain/kpi/measure.js';

const UP: Look = { state: 'up', reason: '' };
const DOWN: Look = { state: 'down', reason: 'no provider could answer' };

describe('the meter', () => {
  it('counts the time between two looks as what the first of them saw', () => {
    let stretch = beginStretch(0);
    stretch = extend(stretch, UP, 5_000, 5_000);
    stretch = extend(stretch, DOWN, 10_000, 5_000);
    expect(stretch).toEqual({
      from: 0,
      to: 10_000,
      up: 5_000,
      down: 5_000,
      unknown: 0,
      why: { [DOWN.reason]: 5_000 },
    });
  });

  it('does not know what was while the machine slept', () => {
    const stretch = extend(beginStretch(0), UP, 3_600_000, 5_000);
    expect(stretch).toMatchObject({ up: 0, unknown: 3_600_000 });
  });

  it('was down while its own process stood still', () => {
    expect(extend(beginStretch(0), UP, 60_000, 60_000)).toMatchObject({ up: 0, down: 60_000 });
  });

  it('takes no time back when the clock is set back', () => {
    const stretch = extend(beginStretch(10_000), UP, 5_000, 5_000);
    expect(stretch).toEqual(beginStretch(10_000));
  });

  it('tells reasons longest first, and few of them', () => {
    let stretch: Measured = beginStretch(0);
    for (let n = 1; n <= 20; n += 1)
      stretch = extend(
        stretch,
        { state: 'down', reason: `reason ${String(n)}` },
        stretch.to + n * 100,
        n * 100,
      );
    const { why, down_ms: down } = measuredData(stretch);
    expect(why).toHaveLength(9);
    expect(why[0]?.reason).toBe('other reasons');
    expect(why.reduce((sum, { ms }) => sum + ms, 0)).toBe(down);
  });
});
