// What a run can say of one file. Closed: every reader (CLI, dashboard, KPI) handles exactly these.

/**
 * The seed's three are MISSING, MISMATCH and VERIFIED. Ours beside them:
 * HEALED was wrong in the destination, was uploaded again and read back well in the same run;
 * UNREADABLE cannot be read (`side` tells where); CHANGED kept changing while it was read;
 * REFUSED must not be backed up (an unsafe target, a link that leads outside); UNVERIFIED nobody could look.
 */
export type EntryStatus =
  'VERIFIED' | 'HEALED' | 'MISSING' | 'MISMATCH' | 'UNREADABLE' | 'CHANGED' | 'REFUSED' | 'UNVERIFIED';

/** What is done about it. REUPLOAD happens in the same run; RETRY in the next; ALERT and FIX_CONFIG need a person. */
export type EntryAction = 'NONE' | 'REUPLOAD' | 'RETRY' | 'ALERT' | 'FIX_CONFIG';

/** Where the trouble is. */
export type Side = 'local' | 'remote';

/** A file of the data directory as it was staged: all ids come from the same bytes, read once. */
export interface StagedFile {
  /** Path in the data directory, '/'-separated. */
  readonly local: string;
  /** Target path in the destination, without the destination's prefix. */
  readonly path: string;
  /** Git blob id: SHA-1 over `blob <size>\0` and the bytes. */
  readonly oid: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly mode: '100644' | '100755';
}

/** A file that could not be staged. */
export interface StageProblem {
  readonly local: string;
  readonly path: string | null;
  readonly status: 'UNREADABLE' | 'CHANGED' | 'REFUSED';
  readonly reason: string;
}

/** One line of a run's record: the document's fields, both sizes, and when the bytes were last read back. */
export interface EntryResult {
  readonly local: string | null;
  readonly path: string;
  readonly status: EntryStatus;
  readonly action: EntryAction;
  readonly local_hash: string | null;
  readonly remote_hash: string | null;
  readonly local_size: number | null;
  readonly remote_size: number | null;
  /** ISO time of the last read-back that hashed right; null: never. */
  readonly verified_at: string | null;
  readonly side: Side | null;
  readonly reason: string | null;
}

/** The action that each status asks for; an unreadable file is uploaded again only when it is the remote one. */
export function actionFor(status: EntryStatus, side: Side | null): EntryAction {
  switch (status) {
    case 'VERIFIED':
    case 'HEALED':
      return 'NONE';
    case 'MISSING':
    case 'MISMATCH':
      return 'REUPLOAD';
    case 'UNREADABLE':
      return side === 'remote' ? 'REUPLOAD' : 'ALERT';
    case 'CHANGED':
    case 'UNVERIFIED':
      return 'RETRY';
    case 'REFUSED':
      return 'FIX_CONFIG';
  }
}

/** Green needs every entry proved; anything else is said out loud (restic #2364, borg #5144). */
export function isProved(status: EntryStatus): boolean {
  return status === 'VERIFIED' || status === 'HEALED';
}
