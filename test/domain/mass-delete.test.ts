import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMassDelete } from '../../domain/mass-delete.js';

describe('isMassDelete', () => {
  it.each([
    [10, 0, false],
    [10, 5, false],
    [10, 6, true],
    [1000, 200, false],
    [1000, 201, true],
    [2, 2, true],
    [1, 1, false],
    [0, 0, false],
  ])('of %i files, %i gone: held = %s', (before, deleted, held) => {
    expect(isMassDelete(before, deleted)).toBe(held);
  });

  it('holds whenever all of several files are gone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1e6 }), (n) => {
        expect(isMassDelete(n, n)).toBe(true);
      }),
    );
  });

  it('never releases when more is gone', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), fc.nat(5000), (before, deleted, more) => {
        if (isMassDelete(before, deleted)) expect(isMassDelete(before, deleted + more)).toBe(true);
      }),
    );
  });
});
