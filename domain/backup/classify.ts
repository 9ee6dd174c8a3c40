// The verdict on one file: what was expected, what the destination lists, and what its bytes hashed to.
import { actionFor, type EntryResult, type EntryStatus, type Side, type StagedFile } from './entry.js';
import type { RemoteFile } from './ports.js';

/** Result of reading one blob back; null stands for "was not read in this pass". */
export type ReadResult =
  | { readonly kind: 'bytes'; readonly sha256: string; readonly size: number }
  | { readonly kind: 'broken'; readonly reason: string };

export interface Evidence {
  readonly expected: StagedFile;
  readonly listed: RemoteFile | null;
  readonly read: ReadResult | null;
  /** Epoch ms of the last good read that still stands for this object id; null: none. */
  readonly provedAt: number | null;
  /** It was wrong earlier in this run and has been uploaded again since. */
  readonly healed: boolean;
  /** Epoch ms. */
  readonly now: number;
}

/**
 * Verdict in the order of the seed's checklist: exists, then bytes (SHA-256), then size. A matching id alone is VERIFIED
 * only while an earlier read of that id still stands; without one it is UNVERIFIED, never "ok" (rclone #700).
 */
export function classify(evidence: Evidence): EntryResult {
  const { expected, listed, read, provedAt, healed, now } = evidence;
  const good: EntryStatus = healed ? 'HEALED' : 'VERIFIED';
  if (listed === null) return result(expected, 'MISSING', null, null, 'it is not in the destination');
  if (read?.kind === 'broken') {
    return result(expected, 'UNREADABLE', null, listed.size, read.reason);
  }
  if (read !== null) {
    if (read.sha256 !== expected.sha256 || read.size !== expected.size) {
      return result(expected, 'MISMATCH', read.sha256, read.size, 'the bytes read back hash differently');
    }
    if (listed.mode !== expected.mode) {
      return result(expected, 'MISMATCH', read.sha256, read.size, `its mode is ${listed.mode}`);
    }
    return { ...result(expected, good, read.sha256, read.size, null), verified_at: iso(now) };
  }
  if (listed.size === null) {
    return result(expected, 'UNREADABLE', null, null, 'the destination cannot read the object');
  }
  if (listed.oid !== expected.oid || listed.size !== expected.size || listed.mode !== expected.mode) {
    return result(expected, 'MISMATCH', null, listed.size, 'the destination lists another object');
  }
  if (provedAt === null) {
    return result(expected, 'UNVERIFIED', null, listed.size, 'id and size match, its bytes were not read');
  }
  return { ...result(expected, good, expected.sha256, listed.size, null), verified_at: iso(provedAt) };
}

/** An entry that never reached the destination, or that nobody could look at. */
export function unproved(
  file: { local: string | null; path: string; sha256?: string; size?: number },
  status: EntryStatus,
  side: Side,
  reason: string,
): EntryResult {
  return {
    local: file.local,
    path: file.path,
    status,
    action: actionFor(status, side),
    local_hash: file.sha256 ?? null,
    remote_hash: null,
    local_size: file.size ?? null,
    remote_size: null,
    verified_at: null,
    side,
    reason,
  };
}

function result(
  expected: StagedFile,
  status: EntryStatus,
  remoteHash: string | null,
  remoteSize: number | null,
  reason: string | null,
): EntryResult {
  const side: Side | null = reason === null ? null : 'remote';
  return {
    ...unproved(expected, status, 'remote', ''),
    action: actionFor(status, side),
    remote_hash: remoteHash,
    remote_size: remoteSize,
    side,
    reason,
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
