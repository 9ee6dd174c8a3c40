// Changes of workflow code that runs which are under way must not see. The only place that may ask Temporal about them: an id that is
// spelled twice, or removed too early, breaks runs that nobody looks at.
import { deprecatePatch, patched } from '@temporalio/workflow';

/** One change. Its id goes into the history of every run that takes the new way, so it is never used again for another. */
export interface Patch {
  /** Version of the package that brought it. */
  readonly since: string;
  /** Day of that version (ISO). */
  readonly date: string;
  /** What changed, and why old runs must go on as before. */
  readonly reason: string;
  /**
   * both: runs of before take the old way, new ones the new. new: no run of before is left (at the earliest one release after
   * `since`, and when its retention is over), the old way is gone from the code; the marks in histories are still accepted.
   */
  readonly ways: 'both' | 'new';
  /** The version from which on the row and its uses may be removed: when no history with the mark is left. */
  readonly removable: string;
}

export interface Patches<Id extends string> {
  /** True on the new way. Call it where the two ways part, every time that point is passed. */
  isNew(id: Id): boolean;
}

/** The question of a table of changes; tests have tables of their own. */
export function patchesOf<Id extends string>(table: Readonly<Record<Id, Patch>>): Patches<Id> {
  return {
    isNew(id) {
      if (table[id].ways === 'both') return patched(id);
      deprecatePatch(id);
      return true;
    },
  };
}

/** The changes that are in force. None yet: everything that runs was started by 0.1.0. CONTRIBUTING.md says how one is added. */
export const PATCHES = {} as const satisfies Readonly<Record<string, Patch>>;
