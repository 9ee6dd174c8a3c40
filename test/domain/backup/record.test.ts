import { describe, expect, it } from 'vitest';
import {
  addCounts,
  allProved,
  countStatuses,
  outcomeOf,
  summarize,
  type DestinationRecord,
} from '../../../domain/backup/record.js';

function destination(over: Partial<DestinationRecord>): DestinationRecord {
  return {
    name: 'local',
    kind: 'git',
    location: 'x',
    state: 'proved',
    commit: 'c',
    unchanged: false,
    uploaded: 0,
    read: { files: 0, bytes: 0 },
    counts: { VERIFIED: 42 },
    same_disk: null,
    note: null,
    code: null,
    checks: null,
    tamper: null,
    ...over,
  };
}

describe('outcomeOf', () => {
  it('is green only when every destination is proved', () => {
    expect(outcomeOf([destination({})])).toBe('green');
    expect(outcomeOf([destination({}), destination({ state: 'not_proved' })])).toBe('not_green');
    expect(outcomeOf([destination({}), destination({ state: 'not_configured' })])).toBe('not_green');
  });

  it('is failed when no destination could be tried, or there is none', () => {
    expect(outcomeOf([destination({ state: 'failed' })])).toBe('failed');
    expect(outcomeOf([])).toBe('failed');
  });
});

describe('counts', () => {
  it('are proved by VERIFIED and HEALED alone', () => {
    expect(allProved(countStatuses([{ status: 'VERIFIED' }, { status: 'HEALED' }]))).toBe(true);
    for (const status of ['MISSING', 'MISMATCH', 'UNREADABLE', 'CHANGED', 'REFUSED', 'UNVERIFIED'] as const) {
      expect(allProved(countStatuses([{ status: 'VERIFIED' }, { status }]))).toBe(false);
    }
  });

  it('add up', () => {
    expect(addCounts({ VERIFIED: 1 }, { VERIFIED: 2, MISSING: 1 })).toEqual({ VERIFIED: 3, MISSING: 1 });
  });
});

describe('summarize', () => {
  it('reads like a log line', () => {
    expect(summarize(42, [destination({ uploaded: 3 })])).toBe(
      'backup of 42 files to local: 42 verified, 3 new',
    );
    expect(summarize(1, [destination({ counts: { VERIFIED: 1 }, unchanged: true })])).toBe(
      'backup of 1 file to local: 1 verified, nothing new',
    );
    expect(
      summarize(2, [
        destination({ counts: { VERIFIED: 1, UNREADABLE: 1 } }),
        destination({ name: 'github', state: 'not_configured' }),
      ]),
    ).toBe('backup of 2 files to local: 1 verified, 1 unreadable; github: not configured');
  });
});
