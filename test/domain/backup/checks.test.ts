import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileChecks, fileChecksSchema } from '../../../domain/backup/checks.js';
import { actionFor, isProved, type EntryResult, type EntryStatus } from '../../../domain/backup/entry.js';

const entry = (status: EntryStatus, over: Partial<EntryResult> = {}): EntryResult => ({
  ...{ local: 'a', path: 'a', status, action: actionFor(status, 'remote'), side: 'remote', reason: null },
  ...{ local_hash: null, remote_hash: null, local_size: 1, remote_size: 1, verified_at: null },
  ...over,
});

describe('the three checks of every backup', () => {
  it('count each on its own', () => {
    const checks = fileChecks([
      entry('VERIFIED'),
      entry('HEALED'),
      entry('MISSING', { remote_size: null }),
      entry('MISMATCH', { remote_size: 2 }),
      entry('UNREADABLE', { remote_size: null }),
      entry('UNVERIFIED'),
      entry('UNREADABLE', { side: 'local' }),
      entry('REFUSED', { side: 'local' }),
    ]);
    expect(checks).toEqual({
      exists: { checked: 6, failed: 1 },
      hash: { checked: 6, failed: 4 },
      size: { checked: 4, failed: 1 },
    });
  });

  it('fail the hash for whatever is not proved, and never count more failures than looks', () => {
    const statuses = [
      'VERIFIED',
      'HEALED',
      'MISSING',
      'MISMATCH',
      'UNREADABLE',
      'UNVERIFIED',
      'CHANGED',
    ] as const;
    const sizes = fc.option(fc.nat(3));
    const entries = fc.array(
      fc
        .tuple(fc.constantFrom(...statuses), sizes, sizes)
        .map(([status, local, remote]) => entry(status, { local_size: local, remote_size: remote })),
    );
    fc.assert(
      fc.property(entries, (all) => {
        const checks = fileChecks(all);
        expect(fileChecksSchema.parse(checks)).toEqual(checks);
        for (const { checked, failed } of Object.values(checks)) expect(failed).toBeLessThanOrEqual(checked);
        expect(checks.hash.failed === 0).toBe(all.every(({ status }) => isProved(status)));
      }),
    );
  });
});
