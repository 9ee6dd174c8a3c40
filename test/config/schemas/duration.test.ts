import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duration, formatDuration, parseDuration } from '../../../config/schemas/duration.js';

describe('a duration', () => {
  it.each([
    ['300ms', 300],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1.5h', 5_400_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['30', 30_000],
    [30, 30_000],
    [0.25, 250],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', 'm', '5 parsecs', '5M', '-1s', '1h30m', '1e3', Number.NaN, -1, Number.POSITIVE_INFINITY])(
    '%s is none',
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it('comes back as it was after formatting', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  it('is held to its limits, which are inclusive', () => {
    const schema = duration({ min: '1m', max: '1h' });
    expect(schema.parse('60s')).toBe(60_000);
    expect(schema.parse(3600)).toBe(3_600_000);
    expect(schema.safeParse('59s').error?.issues[0]?.message).toBe('expected at least 1m');
    expect(schema.safeParse('61m').error?.issues[0]?.message).toBe('expected at most 1h');
    expect(duration().safeParse('0s').success).toBe(false);
  });
});
