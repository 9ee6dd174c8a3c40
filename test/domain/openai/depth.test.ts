import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTooDeep } from '../../../domain/openai/depth.js';

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('the depth of JSON', () => {
  test('up to 500 levels pass, more do not', () => {
    expect(isTooDeep(nested(500).padEnd(5_000))).toBe(false);
    expect(isTooDeep(nested(501))).toBe(true);
    expect(isTooDeep(`{"a":${nested(300_000)}}`)).toBe(true);
  });

  test('brackets in texts do not count, whatever is escaped', () => {
    for (const text of ['['.repeat(2_000), '\\"['.repeat(2_000), '\\'.repeat(2_000), '"'])
      expect(isTooDeep(JSON.stringify([text, text, 'x'.repeat(2_000)]))).toBe(false);
    expect(isTooDeep(`["\\\\",${nested(600)}]`)).toBe(true);
  });

  test('agrees with what was parsed, for every JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), fc.nat(600), (json, more) => {
        const text = '['.repeat(more) + json + ']'.repeat(more);
        const deep = more + depthOf(JSON.parse(json)) > 500;
        if (text.length > 1_000) expect(isTooDeep(text)).toBe(deep);
        else expect(isTooDeep(text)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  test('never throws for what is no JSON at all', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 0, maxLength: 50 }), (piece) => {
        expect(typeof isTooDeep(piece.repeat(60))).toBe('boolean');
      }),
      { numRuns: 200 },
    );
  });
});
