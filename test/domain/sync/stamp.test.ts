import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Stamp } from '../../../domain/sync/model.js';
import {
  compareStamps,
  LARGEST_COUNT,
  nextStamp,
  receiveStamp,
  MOST_AHEAD,
  usableStamp,
  type Clock,
  type Seen,
} from '../../../domain/sync/stamp.js';

const NOW = 1_780_000_000_000;
const YEAR = 31_536_000_000;
const moment = fc.integer({ min: NOW - 1000, max: NOW + 1000 });
const node = fc.constantFrom('cloud', 'edge', 'home');
const stamp = fc.record({ l: moment, c: fc.nat(3), node });
const clock = fc.record({ l: moment, c: fc.nat(3) });

function next({ clock: at = { l: 0, c: 0 }, ...seen }: Partial<Seen> & { readonly clock?: Clock }) {
  return nextStamp(at, { mtime: NOW, scanned: 0, now: NOW, node: 'home', ...seen });
}

describe('the order of stamps', () => {
  it.each<[string, Stamp, Stamp]>([
    ['the moment goes first', { l: 1, c: 9, node: 'z' }, { l: 2, c: 0, node: 'a' }],
    ['then the count', { l: 1, c: 0, node: 'z' }, { l: 1, c: 1, node: 'a' }],
    ['then the node', { l: 1, c: 1, node: 'a' }, { l: 1, c: 1, node: 'b' }],
  ])('%s', (_, earlier, later) => {
    expect(compareStamps(earlier, later)).toBeLessThan(0);
    expect(compareStamps(later, earlier)).toBeGreaterThan(0);
  });

  it('is total: what is equal in it is the same stamp, and it sorts', () => {
    fc.assert(
      fc.property(stamp, stamp, stamp, (a, b, c) => {
        expect(Math.sign(compareStamps(a, b))).toBe(0 - Math.sign(compareStamps(b, a)));
        expect(compareStamps(a, b) === 0).toBe(JSON.stringify(a) === JSON.stringify(b));
        if (compareStamps(a, b) <= 0 && compareStamps(b, c) <= 0) {
          expect(compareStamps(a, c)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });

  it('leaves no two versions equal', () => {
    const at = { l: 1, c: 1, node: 'home' };
    expect(compareStamps(at, at, '0a', 'f0')).toBeLessThan(0);
    expect(compareStamps(at, at, 'f0', '0a')).toBeGreaterThan(0);
    expect(compareStamps(at, at, '0a', '0a')).toBe(0);
    expect(compareStamps({ ...at, l: 2 }, at, '0a', 'f0')).toBeGreaterThan(0);
  });
});

describe('the stamp of a change', () => {
  it.each<[string, Parameters<typeof next>[0], Clock]>([
    ['is the time of the edit', { mtime: NOW - 50, scanned: NOW - 100 }, { l: NOW - 50, c: 0 }],
    ['is whole ms', { mtime: NOW - 50.25, scanned: NOW - 100 }, { l: NOW - 51, c: 0 }],
    ['of a copied old file is not its age', { mtime: 5, scanned: NOW - 100 }, { l: NOW - 100, c: 0 }],
    ['of a file from the future is now', { mtime: NOW + YEAR, scanned: NOW - 100 }, { l: NOW, c: 0 }],
    ['of an unreadable time is the last scan', { mtime: NaN, scanned: NOW - 9 }, { l: NOW - 9, c: 0 }],
    ['of a deletion is now', { mtime: null, scanned: NOW - 9 }, { l: NOW, c: 0 }],
    ['at the first scan may be any age', { mtime: 5, scanned: 0 }, { l: 5, c: 0 }],
    ['before 1970 is 1970', { mtime: -5, scanned: 0, clock: { l: 0, c: 4 } }, { l: 0, c: 5 }],
    [
      'counts within a moment',
      { mtime: NOW - 50, scanned: 0, clock: { l: NOW - 50, c: 3 } },
      { l: NOW - 50, c: 4 },
    ],
    [
      'never goes back behind what was seen',
      { mtime: NOW - 50, scanned: 0, clock: { l: NOW + 7, c: 3 } },
      { l: NOW + 7, c: 4 },
    ],
    [
      'after the clock was set back is now, not the last scan',
      { mtime: NOW - 5, scanned: NOW + YEAR },
      { l: NOW, c: 0 },
    ],
    [
      'lets go of a year that never came',
      { mtime: NOW, clock: { l: NOW + YEAR, c: 8 } },
      { l: NOW + MOST_AHEAD, c: 1 },
    ],
    [
      'does not overflow its count',
      { mtime: 0, clock: { l: NOW, c: LARGEST_COUNT } },
      { l: NOW, c: LARGEST_COUNT },
    ],
  ])('%s', (_, at, expected) => {
    const made = next(at);
    expect(made.clock).toEqual(expected);
    expect(made.stamp).toEqual({ ...expected, node: 'home' });
  });

  it('grows with every change of a node while its clock is within the allowed skew', () => {
    const change = fc.record({ mtime: fc.double({ min: NOW - YEAR, max: NOW + YEAR }), now: moment });
    fc.assert(
      fc.property(fc.array(change, { minLength: 2 }), (changes) => {
        let at: Clock = { l: 0, c: 0 };
        let last: Stamp | null = null;
        let scanned = 0;
        for (const { mtime, now } of changes) {
          const made = next({ clock: at, mtime, now, scanned: scanned });
          if (last !== null) expect(compareStamps(last, made.stamp)).toBeLessThan(0);
          expect(made.stamp.l).toBeLessThanOrEqual(now + MOST_AHEAD);
          [at, last, scanned] = [made.clock, made.stamp, now];
        }
      }),
    );
  });

  it('comes after every stamp that was received before it', () => {
    fc.assert(
      fc.property(clock, stamp, moment, moment, (at, remote, now, mtime) => {
        const seen = receiveStamp(at, remote, now).clock;
        const made = next({ clock: seen, mtime, now });
        expect(compareStamps(remote, made.stamp)).toBeLessThan(0);
      }),
    );
  });
});

describe('a received stamp', () => {
  it('moves the clock to the later of both', () => {
    fc.assert(
      fc.property(clock, stamp, (at, remote) => {
        const { clock: after, skew } = receiveStamp(at, remote, NOW);
        const [, later] = [at, { l: remote.l, c: remote.c }].sort((a, b) => a.l - b.l || a.c - b.c);
        expect(after).toEqual(later);
        expect(skew).toBeNull();
      }),
    );
  });

  it.each([
    [MOST_AHEAD, null],
    [MOST_AHEAD + 1, MOST_AHEAD + 1],
    [YEAR, YEAR],
  ])('that is %i ms ahead is skewed by %s', (ahead, skew) => {
    const got = receiveStamp({ l: NOW - 3, c: 1 }, { l: NOW + ahead, c: 5, node: 'edge' }, NOW);
    expect(got.skew).toBe(skew);
    expect(got.clock.l).toBe(NOW + MOST_AHEAD);
  });

  it('that is ahead never carries our clock further than allowed, seen from one node to the next', () => {
    let at: Clock = { l: NOW, c: 0 };
    for (let i = 0; i < 20; i++) {
      at = receiveStamp(at, { l: NOW + YEAR, c: i, node: 'edge' }, NOW).clock;
      at = next({ clock: at, now: NOW }).clock;
    }
    expect(at.l).toBe(NOW + MOST_AHEAD);
    expect(at.c).toBeGreaterThanOrEqual(20);
  });
});

describe('a stamp in a comparison', () => {
  it('is itself, unless it is too far ahead', () => {
    const good = { l: NOW + MOST_AHEAD, c: 2, node: 'edge' };
    expect(usableStamp(good, NOW)).toEqual(good);
    const far = { l: NOW + YEAR, c: 2, node: 'edge' };
    expect(usableStamp(far, NOW)).toEqual({ l: NOW + MOST_AHEAD, c: 0, node: 'edge' });
  });

  it('keeps the order of those that are not ahead', () => {
    fc.assert(
      fc.property(stamp, stamp, (a, b) => {
        expect(compareStamps(usableStamp(a, NOW), usableStamp(b, NOW))).toBe(compareStamps(a, b));
      }),
    );
  });
});
