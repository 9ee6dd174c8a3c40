import { describe, expect, it } from 'vitest';
import {
  blankRecord,
  finishedRecord,
  firstLook,
  lookAgain,
  type Verified,
} from '../../../domain/backup/proving.js';
import type { Tamper } from '../../../domain/backup/trail.js';

const zero = { checked: 3, failed: 0 };
const look = (counts: Verified['counts'], healable = 0): Verified => ({
  counts,
  healable,
  read: { files: 2, bytes: 20 },
  checks: { exists: zero, hash: zero, size: zero },
});
const blank = blankRecord({ name: 'gh', kind: 'github', location: 'o/r', same_disk: false }, 'failed', null);
const published = { commit: 'c1', unchanged: false, uploaded: 1, note: null, tamper: null };
const healed = (fallback: number, commit: string | null = null) => ({ note: 'sent again', commit, fallback });
const tamper: Tamper = { kind: 'gone', old_head: 'x', since: 'y', branch: 'z', token: 't' };

describe('a finished record', () => {
  it('is proved only when every entry is, and none stayed behind on this machine', () => {
    const good = firstLook(look({ VERIFIED: 3 }));
    expect(finishedRecord(blank, published, good, 0)).toMatchObject({
      state: 'proved',
      commit: 'c1',
      note: null,
    });
    expect(finishedRecord(blank, published, good, 1).state).toBe('not_proved');
    for (const status of ['MISSING', 'MISMATCH', 'UNREADABLE', 'UNVERIFIED', 'CHANGED', 'REFUSED'] as const) {
      const some = firstLook(look({ VERIFIED: 3, [status]: 1 }));
      expect(finishedRecord(blank, published, some, 0).state, status).toBe('not_proved');
    }
  });

  it('after a healing names the later commit, the sum of what was read and every note', () => {
    const first = firstLook(look({ VERIFIED: 2, MISMATCH: 1 }, 1));
    const again = lookAgain(first, healed(0, 'c2'), look({ VERIFIED: 2, HEALED: 1 }));
    expect(finishedRecord(blank, { ...published, note: 'first' }, again, 0)).toMatchObject({
      state: 'proved',
      commit: 'c2',
      read: { files: 4, bytes: 40 },
      note: 'first; sent again',
    });
  });

  it('is not proved when something stays broken there, though a later round was calm', () => {
    const first = lookAgain(firstLook(look({ MISMATCH: 1 }, 1)), healed(1, 'c2'), look({ MISMATCH: 1 }, 1));
    const second = lookAgain(first, healed(0), look({ HEALED: 1 }));
    expect(finishedRecord(blank, published, second, 0)).toMatchObject({ state: 'not_proved', commit: 'c2' });
  });

  it('is tampered whatever else was proved', () => {
    const record = finishedRecord(blank, { ...published, tamper }, firstLook(look({ VERIFIED: 3 })), 0);
    expect(record).toMatchObject({ state: 'tampered', tamper });
  });
});
