// What a backup says of itself, held against what somebody else reads in the destination.
import type { Problem, Problems } from '../model.js';

export interface StoredFile {
  readonly path: string;
  /** SHA-256 that the manifest of the run names. */
  readonly wanted: string;
  /** SHA-256 of what lies there; null: it cannot be read. */
  readonly stored: string | null;
}

/** A run that was called green, read back by us. */
export interface GreenRun {
  readonly run: string;
  readonly node: string;
  readonly destination: string;
  readonly began: number;
  /** null: there is no manifest where the run says. */
  readonly files: readonly StoredFile[] | null;
}

/** A copy that was damaged on purpose. */
export interface Damage {
  readonly node: string;
  readonly destination: string;
  readonly path: string;
  readonly at: number;
  /** A run may believe an unchanged id (GitHub), and need not find it before a verification that began afterwards. */
  readonly silent: boolean;
}

/**
 * `verified`: when the last verification of this node that has ended began. What was damaged while the run went on, or after it, is not
 * its fault.
 */
export function greenProblems(run: GreenRun, damages: readonly Damage[], verified: number | null): Problems {
  const { node, destination, began, files } = run;
  const about = `run ${run.run} of ${node} to ${destination}`;
  if (files === null) return [{ what: 'a green run has no manifest in the destination', evidence: about }];
  if (files.length === 0) return [{ what: 'a green run holds nothing', evidence: about }];
  const here = damages.filter((each) => each.node === node && each.destination === destination);
  const excused = (path: string) =>
    here.some(
      (each) =>
        each.path === path && (each.at >= began - SLACK_MS || (each.silent && (verified ?? 0) < each.at)),
    );
  const wrong = files.filter(({ path, wanted, stored }) => stored !== wanted && !excused(path));
  if (wrong.length === 0) return [];
  const told = wrong.map(({ path, stored }) => `${path} (${stored === null ? 'unreadable' : 'other bytes'})`);
  return [
    {
      what: `a green run is wrong in ${String(wrong.length)} files`,
      evidence: `${about}: ${told.join(', ')}`,
    },
  ];
}

/** Clocks of journal and soak are the same; writing a line takes its time. */
const SLACK_MS = 1500;

export interface Verification {
  readonly node: string;
  readonly began: number;
  readonly ended: number;
  readonly outcome: string;
}

/**
 * The first whole verification after the damage. `mended`: when the copy was seen to be right again, or a run that healed something had
 * ended; null: not yet. A verification that began after that has nothing to find.
 */
export function verificationProblems(
  damage: Damage,
  verifications: readonly Verification[],
  mended: number | null,
): Problems {
  const first = verifications
    .filter(({ node, began }) => node === damage.node && began > damage.at + SLACK_MS)
    .sort((a, b) => a.began - b.began)[0];
  if (first === undefined || first.outcome !== 'green') return [];
  if (mended !== null && mended <= first.ended) return [];
  const problem: Problem = {
    what: 'a verification called a damaged copy right',
    evidence: `${damage.path} in ${damage.destination} of ${damage.node}, damaged at ${iso(damage.at)}; verified green from ${iso(first.began)} to ${iso(first.ended)}`,
  };
  return [problem];
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
