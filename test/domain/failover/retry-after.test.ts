import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_WAIT, retryAfterOf, waitInMessage } from '../../../domain/failover/retry-after.js';

const NOW = Date.UTC(2026, 10, 24, 10, 0, 0);

describe('Retry-After', () => {
  it.each<[string, number | null]>([
    ['2', 2000],
    ['1.5', 1500],
    [' 7 ', 7000],
    ['Tue, 24 Nov 2026 10:00:30 GMT', 30_000],
    ['Tuesday, 24-Nov-26 10:01:00 GMT', 60_000],
    ['Tue Nov 24 10:00:05 2026', 5000],
    ['Tue, 24 Nov 2026 09:00:00 GMT', null],
    ['999999999', LONGEST_WAIT],
    ['0', null],
    ['-5', null],
    ['', null],
    ['soon', null],
    ['5 apples', null],
    ['Tue, 24 Foo 2026 10:00:30 GMT', null],
    ['2026-11-24T10:00:30Z', null],
    ['NaN', null],
    ['1e9', null],
  ])('%j is %s ms', (value, expected) => {
    expect(retryAfterOf({ 'retry-after': value }, NOW)).toBe(expected);
  });

  it('is outdone by the more exact retry-after-ms', () => {
    expect(retryAfterOf({ 'retry-after': '9', 'retry-after-ms': '250' }, NOW)).toBe(250);
    expect(retryAfterOf({ 'retry-after': '9', 'retry-after-ms': 'x' }, NOW)).toBe(9000);
  });

  it('sent twice counts once', () => {
    expect(retryAfterOf({ 'retry-after': ['3', '4'] }, NOW)).toBe(3000);
  });

  it('is null or a wait within bounds, whatever is sent', () => {
    const header = fc.oneof(fc.string(), fc.double().map(String), fc.integer().map(String));
    fc.assert(
      fc.property(header, header, header, (a, b, c) => {
        const wait = retryAfterOf({ 'retry-after': a, 'retry-after-ms': b, 'x-ratelimit-reset': c }, NOW);
        if (wait === null) return;
        expect(Number.isInteger(wait)).toBe(true);
        expect(wait).toBeGreaterThanOrEqual(1);
        expect(wait).toBeLessThanOrEqual(LONGEST_WAIT);
      }),
    );
  });
});

describe('the reset of a limit', () => {
  it.each<[string, number | null]>([
    ['6m0s', 360_000],
    ['20ms', 20],
    ['1.5s', 1500],
    ['12', 12_000],
    [String(NOW + 4000), 4000],
    [String(NOW / 1000 + 4), 4000],
    ['3 parsecs', null],
    ['7x', null],
  ])('%j is %s ms', (value, expected) => {
    expect(retryAfterOf({ 'x-ratelimit-reset': value }, NOW)).toBe(expected);
  });

  it('counts for the limits that are used up, the longest of them', () => {
    const headers = {
      'x-ratelimit-remaining-requests': '14',
      'x-ratelimit-reset-requests': '1h',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '3s',
    };
    expect(retryAfterOf(headers, NOW)).toBe(3000);
    expect(retryAfterOf({ ...headers, 'x-ratelimit-remaining-requests': '0' }, NOW)).toBe(LONGEST_WAIT);
  });

  it('comes after a Retry-After', () => {
    expect(retryAfterOf({ 'x-ratelimit-reset': '60', 'retry-after': '1' }, NOW)).toBe(1000);
  });
});

describe('a wait in a message', () => {
  it.each<[string, number | null]>([
    ['Rate limit reached. Please try again in 1.242s. Visit', 1242],
    ['Please try again in 6m0s.', 360_000],
    ['Please try again in 20ms.', 20],
    ['Please retry after 26 seconds.', 26_000],
    ['please try again after 1 seconds', 1000],
    ['please try again in 2 minutes', 120_000],
    ['please try again later', null],
    ['try again in a while', null],
    ['', null],
  ])('%j is %s ms', (message, expected) => {
    expect(waitInMessage(message)).toBe(expected);
  });
});
