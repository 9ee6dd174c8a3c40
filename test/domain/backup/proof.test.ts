import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueForRead, rollingShare, type Proof } from '../../../domain/backup/proof.js';

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
const now = 1_800_000_000_000;

function proof(path: string, verifiedAt: number | null, size = 100): Proof {
  return { local: path, path, oid: '0'.repeat(40), sha256: '0'.repeat(64), size, mode: '100644', verifiedAt };
}

const policy = { now, within: WEEK, share: rollingShare(HOUR, WEEK), touched: false } as const;

describe('dueForRead', () => {
  it('reads in a run only what is new, doubted or older than a week', () => {
    const files = [proof('new', null), proof('old', now - WEEK), proof('young', now - HOUR)];
    expect(dueForRead(files, { ...policy, level: 'run' }).map((file) => file.path)).toEqual(['new', 'old']);
  });

  it('reads everything when the store was touched by someone else', () => {
    const files = [proof('a', now), proof('b', now)];
    expect(dueForRead(files, { ...policy, level: 'run', touched: true })).toHaveLength(2);
  });

  it('reads all at full and nothing at quick', () => {
    const files = [proof('a', now), proof('b', null)];
    expect(dueForRead(files, { ...policy, level: 'full' })).toHaveLength(2);
    expect(dueForRead(files, { ...policy, level: 'quick' })).toHaveLength(0);
  });

  it('reads at least one file, the oldest first, in a rolling pass', () => {
    const files = [proof('young', now - HOUR, 1e6), proof('older', now - 2 * HOUR, 1e6)];
    expect(dueForRead(files, { ...policy, level: 'rolling' }).map((file) => file.path)).toEqual(['older']);
  });

  it('has read every byte within the period when a pass runs each interval', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 1, maxLength: 60 }), (sizes) => {
        let files = sizes.map((size, index) => proof(`f${index}`, now, size));
        for (let at = now + HOUR; at <= now + WEEK + HOUR; at += HOUR) {
          const due = new Set(dueForRead(files, { ...policy, level: 'rolling', now: at }).map((f) => f.path));
          files = files.map((file) => (due.has(file.path) ? { ...file, verifiedAt: at } : file));
        }
        for (const file of files) expect(file.verifiedAt).toBeGreaterThan(now);
      }),
      { numRuns: 30 },
    );
  });

  it('spreads the reads: a pass reads little more than its share plus one file', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 200 }), (sizes) => {
        const files = sizes.map((size, index) => proof(`f${index}`, now - HOUR, size));
        const read = dueForRead(files, { ...policy, level: 'rolling' }).reduce((sum, f) => sum + f.size, 0);
        const total = sizes.reduce((sum, size) => sum + size, 0);
        expect(read).toBeLessThanOrEqual(total / 168 + Math.max(...sizes));
      }),
    );
  });
});
