import { describe, expect, it } from 'vitest';
import { classify, type Evidence } from '../../../domain/backup/classify.js';
import type { RemoteFile } from '../../../domain/backup/ports.js';

const expected = {
  local: 'a.md',
  path: 'a.md',
  oid: 'a'.repeat(40),
  sha256: 'b'.repeat(64),
  size: 5,
  mode: '100644' as const,
};
const listed: RemoteFile = { path: 'a.md', oid: expected.oid, size: 5, mode: '100644' };
const now = Date.parse('2026-11-23T12:00:00.000Z');
const base: Evidence = { expected, listed, read: null, provedAt: null, healed: false, now };
const good = { kind: 'bytes', sha256: expected.sha256, size: 5 } as const;

describe('classify', () => {
  it('says MISSING and asks for an upload when the destination does not list it', () => {
    expect(classify({ ...base, listed: null })).toMatchObject({ status: 'MISSING', action: 'REUPLOAD' });
  });

  it('says VERIFIED only after bytes came back that hash right, with both hashes and the time', () => {
    expect(classify({ ...base, read: good })).toMatchObject({
      status: 'VERIFIED',
      action: 'NONE',
      local_hash: expected.sha256,
      remote_hash: expected.sha256,
      verified_at: '2026-11-23T12:00:00.000Z',
      reason: null,
    });
  });

  it('says MISMATCH with both hashes when the bytes are others, although id and size match', () => {
    const read = { kind: 'bytes', sha256: 'c'.repeat(64), size: 5 } as const;
    expect(classify({ ...base, read, provedAt: now })).toMatchObject({
      status: 'MISMATCH',
      action: 'REUPLOAD',
      local_hash: expected.sha256,
      remote_hash: 'c'.repeat(64),
    });
  });

  it('says MISMATCH when the size differs', () => {
    expect(classify({ ...base, listed: { ...listed, size: 4 } })).toMatchObject({
      status: 'MISMATCH',
      local_size: 5,
      remote_size: 4,
    });
  });

  it('says MISMATCH when another object is listed, even with a standing proof', () => {
    const other = { ...listed, oid: 'd'.repeat(40) };
    expect(classify({ ...base, listed: other, provedAt: now }).status).toBe('MISMATCH');
  });

  it('says MISMATCH when the executable bit was lost', () => {
    const evidence = { ...base, expected: { ...expected, mode: '100755' as const }, read: good };
    expect(classify(evidence).status).toBe('MISMATCH');
  });

  it('says UNREADABLE on the remote side when the object cannot be read', () => {
    const read = { kind: 'broken', reason: 'inflate: data stream error' } as const;
    expect(classify({ ...base, read })).toMatchObject({
      status: 'UNREADABLE',
      side: 'remote',
      action: 'REUPLOAD',
    });
    expect(classify({ ...base, listed: { ...listed, size: null } })).toMatchObject({ status: 'UNREADABLE' });
  });

  it('lets an earlier proof of the same id stand, and says when it was', () => {
    expect(classify({ ...base, provedAt: now - 1000 })).toMatchObject({
      status: 'VERIFIED',
      verified_at: '2026-11-23T11:59:59.000Z',
    });
  });

  it('never calls a matching id alone verified', () => {
    expect(classify(base)).toMatchObject({ status: 'UNVERIFIED', action: 'RETRY', verified_at: null });
  });

  it('says HEALED when it was wrong earlier in the run and reads back well now', () => {
    expect(classify({ ...base, read: good, healed: true })).toMatchObject({
      status: 'HEALED',
      action: 'NONE',
    });
  });

  it('never says HEALED of what still reads back wrong', () => {
    const read = { kind: 'bytes', sha256: 'c'.repeat(64), size: 5 } as const;
    expect(classify({ ...base, read, healed: true }).status).toBe('MISMATCH');
  });
});
