import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseConfigured,
  parseReset,
  parseSwitch,
  parseTypedSwitch,
} from '../../../domain/failover/manager-messages.js';

describe('messages to the manager', () => {
  it('are understood as a person types them', () => {
    expect(parseTypedSwitch({ to: ' backup ' })).toEqual({
      value: { to: 'backup', forMs: null, by: 'a signal' },
    });
    expect(parseTypedSwitch({ to: 'kimi', for: '1h', by: 'ann' })).toEqual({
      value: { to: 'kimi', forMs: 3_600_000, by: 'ann' },
    });
  });

  it.each([
    ['90s', 90_000],
    ['1.5 h', 5_400_000],
    ['250ms', 250],
    ['2d', 172_800_000],
  ])('take %s as a time', (text, forMs) => {
    expect(parseTypedSwitch({ to: 'a', for: text })).toMatchObject({ value: { forMs } });
  });

  it.each(['', 'soon', '-1h', '0s', '1y', '400d', '1h2m'])('refuse %j as a time', (text) => {
    expect(parseTypedSwitch({ to: 'a', for: text })).toMatchObject({
      why: expect.stringContaining('no duration') as string,
    });
  });

  it('never throw, whatever comes', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        for (const parse of [parseTypedSwitch, parseSwitch, parseReset, parseConfigured]) {
          const parsed = parse(value);
          expect('why' in parsed || 'value' in parsed).toBe(true);
        }
      }),
    );
  });

  it('take only whole requests from programs', () => {
    expect(parseSwitch({ to: 'a', forMs: null, by: 'x' })).toHaveProperty('value');
    expect(parseSwitch({ to: 'a', forMs: -1, by: 'x' })).toHaveProperty('why');
    expect(parseSwitch({ to: 'a' })).toHaveProperty('why');
    expect(parseReset({ name: null })).toEqual({ value: { name: null } });
    expect(parseReset({})).toHaveProperty('why');
  });
});
