// From the steps of a run on one destination to its record. The same for the workflow and for whoever runs the steps without
// Temporal, so that "proved" has one meaning.
import type { FileChecks } from './checks.js';
import { allProved, type Counts, type DestinationRecord } from './record.js';
import type { Tamper } from './trail.js';

/** What a verification says. */
export interface Verified {
  readonly counts: Counts;
  /** Entries that uploading again can mend. */
  readonly healable: number;
  readonly read: DestinationRecord['read'];
  readonly checks: FileChecks;
}

/** What a publish says. */
export interface PublishedCommit {
  readonly commit: string;
  readonly unchanged: boolean;
  readonly uploaded: number;
  /** What had to be done to make the destination usable, what others did there; null when nothing. */
  readonly note: string | null;
  /** Its branch was set back by somebody; the commit lies on a recovery branch. */
  readonly tamper: Tamper | null;
}

/** What a healing says. */
export interface HealingDone {
  readonly note: string;
  /** The commit that holds the good bytes now, when healing made another one. */
  readonly commit: string | null;
  /** Entries that could not be made whole where they were and were stored another way. */
  readonly fallback: number;
}

export interface Proving {
  /** The latest look; `read` is the sum of all of them. */
  readonly verified: Verified;
  /** One sentence per healing. */
  readonly notes: readonly string[];
  /** Where the proved tree is, when healing needed another commit. */
  readonly commit: string | null;
  /** False: something stays broken in the destination, though a whole copy lies beside it now. */
  readonly calm: boolean;
}

export function firstLook(verified: Verified): Proving {
  return { verified, notes: [], commit: null, calm: true };
}

/** After a healing and another look. */
export function lookAgain(before: Proving, healed: HealingDone, verified: Verified): Proving {
  const { files, bytes } = before.verified.read;
  return {
    verified: {
      ...verified,
      read: { files: files + verified.read.files, bytes: bytes + verified.read.bytes },
    },
    notes: [...before.notes, healed.note],
    commit: healed.commit ?? before.commit,
    calm: before.calm && !(healed.fallback > 0),
  };
}

/** A destination's record with nothing done yet. */
export function blankRecord(
  about: Pick<DestinationRecord, 'name' | 'kind' | 'location' | 'same_disk'>,
  state: DestinationRecord['state'],
  note: string | null,
  code: string | null = null,
): DestinationRecord {
  return {
    ...about,
    state,
    commit: null,
    unchanged: false,
    uploaded: 0,
    read: { files: 0, bytes: 0 },
    counts: {},
    note,
    code,
    checks: null,
    tamper: null,
  };
}

/** The record of a destination that was published to and verified. `problems`: entries that never left this machine. */
export function finishedRecord(
  blank: DestinationRecord,
  published: PublishedCommit,
  { verified, notes, commit, calm }: Proving,
  problems: number,
): DestinationRecord {
  const said = [published.note, ...notes].filter((note) => note !== null);
  const proved = allProved(verified.counts) && problems === 0 && calm;
  return {
    ...blank,
    // A run that an older version began has none.
    state: published.tamper ? 'tampered' : proved ? 'proved' : 'not_proved',
    commit: commit ?? published.commit,
    unchanged: published.unchanged,
    uploaded: published.uploaded,
    read: verified.read,
    counts: verified.counts,
    note: said.length === 0 ? null : said.join('; '),
    checks: verified.checks,
    tamper: published.tamper ?? null,
  };
}
