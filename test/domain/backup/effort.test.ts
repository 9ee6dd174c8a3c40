import fc from 'fast-check';
import { expect, it } from 'vitest';
import { writingTime } from '../../../domain/backup/effort.js';

const NOW = 1_800_000_000_000;

it('keeps writes apart, and to the budget of each minute', () => {
  expect(writingTime(0, [], { interval: 1000, perMinute: 80, perHour: 500 }, NOW, 5)).toBe(0);
  expect(writingTime(61, [], { interval: 1000, perMinute: 80, perHour: 500 }, NOW, 5)).toBe(60_000);
  expect(writingTime(200, [], { interval: 0, perMinute: 80, perHour: 500 }, NOW, 0)).toBe(120_000);
  expect(writingTime(501, [], { interval: 1000, perMinute: 80, perHour: 500 }, NOW, 0)).toBe(3_600_000);
  // What was written lately counts.
  expect(writingTime(1, [NOW - 200], { interval: 1000, perMinute: 80, perHour: 500 }, NOW, 0)).toBe(800);
});

it('never takes less than the pace asks for, nor less than the writes take themselves', () => {
  const pace = fc.record({
    interval: fc.nat(2_000),
    perMinute: fc.integer({ min: 1, max: 200 }),
    perHour: fc.integer({ min: 1, max: 1_000 }),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), pace, fc.nat(3_000), (count, rules, busy) => {
      const time = writingTime(count, [], rules, NOW, busy);
      expect(time).toBeGreaterThanOrEqual((count - 1) * Math.max(rules.interval, busy));
      const { perMinute, perHour } = rules;
      expect(time).toBeGreaterThanOrEqual(Math.floor((count - 1) / perMinute) * 60_000);
      expect(time).toBeGreaterThanOrEqual(Math.floor((count - 1) / perHour) * 3_600_000);
    }),
    { numRuns: 150 },
  );
});
