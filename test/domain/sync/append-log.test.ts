import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeLogs } from '../../../domain/sync/append-log.js';
import { additions, cut, isWithin, logOf, sha256 } from './support/logs.js';

function merged(base: string | null, first: string, second: string, forgotten: readonly string[] = []) {
  return mergeLogs({ base, first, second, forgotten: new Set(forgotten) }, sha256);
}

/** What both have is in the same order on both. */
function agree(a: readonly string[], b: readonly string[]): boolean {
  return isWithin(
    a.filter((each) => b.includes(each)),
    b,
  );
}

describe('two sides that added to a log (oracle)', () => {
  it('every entry of both is there once, verbatim, each side in its order', () => {
    fc.assert(
      fc.property(additions, ({ base, hub, local }) => {
        const { text, kept } = merged(logOf(base), logOf(hub), logOf(local));
        const entries = cut(text);
        expect([...entries].sort()).toEqual([...new Set([...base, ...hub, ...local])].sort());
        expect(isWithin(base, entries)).toBe(true);
        if (agree(hub, local)) {
          expect(isWithin(hub, entries)).toBe(true);
          expect(isWithin(local, entries)).toBe(true);
        }
        expect(kept).toEqual([]);
        if (entries.length > 0) expect(text).toBe(logOf(entries));
      }),
      { numRuns: 300 },
    );
  });

  it('is the same whichever side is the earlier one', () => {
    fc.assert(
      fc.property(additions, ({ base, hub, local }) => {
        fc.pre(agree(hub, local));
        const [a, b] = [logOf(hub), logOf(local)];
        expect(merged(logOf(base), a, b).text).toBe(merged(logOf(base), b, a).text);
        expect(merged(null, a, b).text).toBe(merged(null, b, a).text);
      }),
      { numRuns: 300 },
    );
  });

  it('merging the result again with either side changes nothing', () => {
    fc.assert(
      fc.property(additions, fc.boolean(), ({ base, hub, local }, known) => {
        const was = known ? logOf(base) : null;
        const { text } = merged(was, logOf(hub), logOf(local));
        for (const side of [logOf(hub), logOf(local), text]) {
          expect(merged(was, side, text)).toMatchObject({ text, kept: [], twice: 0, topLost: false });
          if (agree(hub, local)) expect(merged(was, text, side).text).toBe(text);
        }
      }),
      { numRuns: 300 },
    );
  });
});
