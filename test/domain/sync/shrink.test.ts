import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDrasticShrink } from '../../../domain/sync/shrink.js';

describe('a file that shrinks', () => {
  it.each([
    [0, 0, false],
    [1, 0, true],
    [4000, 0, true],
    [255, 1, false],
    [256, 51, true],
    [256, 52, false],
    [1000, 199, true],
    [1000, 200, false],
    [1000, 2000, false],
  ])('from %i to %i bytes: held = %s', (base, size, held) => {
    expect(isDrasticShrink(base, size)).toBe(held);
  });

  it('is never held when it grows, and never released by shrinking more', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), fc.nat(5000), (base, size, less) => {
        if (size >= base) expect(isDrasticShrink(base, size)).toBe(false);
        if (isDrasticShrink(base, size)) expect(isDrasticShrink(base, Math.max(0, size - less))).toBe(true);
      }),
    );
  });
});
