import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitOf, nextWrite, recentWrites, type Reply } from '../../../domain/backup/rate-limit.js';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const reply = (over: Partial<Reply>): Reply => ({ status: 403, headers: {}, message: '', ...over });

describe('limitOf', () => {
  it.each([
    ['a good reply', { status: 200, headers: { 'x-ratelimit-remaining': '0' } }],
    ['a missing permission', { message: 'Resource not accessible by personal access token' }],
    ['a missing repository', { status: 404, message: 'Not Found' }],
    ['a server that fails', { status: 503, headers: { 'retry-after': '5' } }],
  ])('does not take %s for one', (_, over) => {
    expect(limitOf(reply(over), NOW, 0)).toBeNull();
  });

  it('obeys retry-after before anything else', () => {
    const headers = { 'retry-after': '90', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' };
    expect(limitOf(reply({ headers }), NOW, 5)).toMatchObject({ until: NOW + 90_000, kind: 'secondary' });
  });

  it('believes no wait above a day', () => {
    for (const after of ['86401', '1e9', '1e300'])
      expect(limitOf(reply({ headers: { 'retry-after': after } }), NOW, 0)?.until).toBe(NOW + 24 * HOUR);
  });

  it('waits until the reset by the server clock, however wrong ours is', () => {
    for (const wrong of [-2 * HOUR, 0, 2 * HOUR]) {
      const there = NOW + wrong;
      const headers = {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String((there + 600_000) / 1000),
        date: new Date(there).toUTCString(),
      };
      const gate = limitOf(reply({ headers }), NOW, 0);
      expect(gate).toMatchObject({ until: NOW + 601_000, kind: 'primary' });
    }
  });

  it('waits a minute and more where nothing is said, never beyond an hour, for any 429 and for the words', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.boolean(), (strikes, words) => {
        const said = words ? reply({ message: 'secondary rate limit' }) : reply({ status: 429 });
        const wait = (limitOf(said, NOW, strikes)?.until ?? 0) - NOW;
        expect(wait).toBe(Math.min(60_000 * 2 ** strikes, HOUR));
      }),
    );
  });

  it('never gives a moment in the past, whatever headers say', () => {
    const value = fc.oneof(fc.constant(undefined), fc.string(), fc.integer().map(String), fc.integer());
    fc.assert(
      fc.property(value, value, value, fc.constantFrom(403, 429), (after, remaining, reset, status) => {
        const headers = {
          'retry-after': after,
          'x-ratelimit-remaining': remaining,
          'x-ratelimit-reset': reset,
        };
        const gate = limitOf(reply({ status, headers }), NOW, 0);
        if (gate !== null) expect(gate.until).toBeGreaterThanOrEqual(NOW);
      }),
    );
  });
});

describe('nextWrite', () => {
  const pace = { interval: 1_000, perMinute: 5, perHour: 20 };

  it('keeps every window of a minute and an hour, and the interval, whatever the wish to write', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(90_000), { maxLength: 80 }), (idle) => {
        const made: number[] = [];
        let now = NOW;
        for (const pause of idle) {
          now += pause;
          for (let gate = nextWrite(made, pace, now); gate !== null; gate = nextWrite(made, pace, now)) {
            expect(gate.until).toBeGreaterThan(now);
            now = gate.until;
          }
          made.push(now);
        }
        for (const [index, at] of made.entries()) {
          expect(at - (made[index - 1] ?? -Infinity)).toBeGreaterThanOrEqual(pace.interval);
          expect(at - (made[index - pace.perMinute] ?? -Infinity)).toBeGreaterThanOrEqual(60_000);
          expect(at - (made[index - pace.perHour] ?? -Infinity)).toBeGreaterThanOrEqual(HOUR);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('does not wait for a stamp that a wrong clock left far ahead', () => {
    expect(nextWrite([NOW + 10 * HOUR], pace, NOW)).toBeNull();
    expect(recentWrites([NOW + 10 * HOUR, NOW - 2 * HOUR, NOW - 1], NOW)).toEqual([NOW - 1]);
  });
});
