import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callerName, HERE, MOST_WRONG, openWrongTokens } from '../../config/wrong-tokens.js';

function from(remoteAddress: string | undefined, forwarded?: string | string[]): string {
  return callerName({ headers: { 'x-forwarded-for': forwarded }, socket: { remoteAddress } });
}

describe('wrong tokens', () => {
  it('shut out the one who gave them, for a minute, and nobody else', () => {
    let now = 1_000_000;
    const wrong = openWrongTokens(() => now);
    for (let count = 0; count < MOST_WRONG; count++) {
      expect(wrong.blocked('a')).toBe(false);
      wrong.note('a');
    }
    expect([wrong.blocked('a'), wrong.blocked('b')]).toEqual([true, false]);
    now += 59_999;
    expect(wrong.blocked('a')).toBe(true);
    now += 1;
    expect(wrong.blocked('a')).toBe(false);
  });

  it('of very many callers do not pile up, and who still guesses is not forgotten', () => {
    const wrong = openWrongTokens(() => 0);
    for (let count = 0; count < 5_000; count++) {
      wrong.note(`caller ${String(count)}`);
      wrong.note('guesser');
    }
    expect(wrong.blocked('guesser')).toBe(true);
    expect(wrong.blocked('caller 0')).toBe(false);
  });
});

describe('a caller', () => {
  it('is his address, of IPv6 his network', () => {
    expect(from('10.0.0.9')).toBe('10.0.0.9');
    expect(from('::ffff:10.0.0.9')).toBe('10.0.0.9');
    expect(from('2001:db8:1:2:3:4:5:6')).toBe(from('2001:DB8:1:2::9'));
    expect(from('2001:db8:1:2::9')).not.toBe(from('2001:db8:1:3::9'));
    for (const here of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1']) expect(from(here)).toBe(HERE);
  });

  it('behind a proxy on this machine is whom the proxy saw, whatever he says himself', () => {
    expect(from('127.0.0.1', '1.1.1.1, 10.0.0.9')).toBe('10.0.0.9');
    expect(from('::1', ['1.1.1.1', '10.0.0.9'])).toBe('10.0.0.9');
    expect(from('10.0.0.9', '1.1.1.1')).toBe('10.0.0.9');
    expect(from('127.0.0.1', ' , ')).toBe(HERE);
  });

  it('always has a short name, whatever the headers hold', () => {
    fc.assert(
      fc.property(
        fc.option(fc.string(), { nil: undefined }),
        fc.string({ maxLength: 400 }),
        (address, text) => {
          expect(from('127.0.0.1', text).length).toBeLessThanOrEqual(64);
          expect(typeof from(address, text)).toBe('string');
        },
      ),
      { numRuns: 200 },
    );
  });
});
