// What kind of story a seed tells.
import type { Random } from '../../support/e2e-random.js';
import type { Mutant } from './mutants.js';

export interface WorldOptions {
  readonly random: Random;
  readonly mutant?: Mutant;
  /** Only one node is written to: then nothing may ever be called a conflict. */
  readonly solo?: boolean;
  /** No crashes, right clocks, nobody who deletes everything: then the rules can be held against the letter. */
  readonly calm?: boolean;
}

/** What people write: every rule of the manifest, names that meet, and what is not shared. */
export const PATHS = [
  'MEMORY.md',
  'memory/a.md',
  'memory/b.md',
  'config/x.yaml',
  'tasks/t1.md',
  'tasks/t2.md',
  'tasks/t3.md',
  'tasks/Case.md',
  'tasks/case.md',
  'tasks/d',
  'tasks/d/x.md',
  'scratch.tmp',
  'credentials/k.md',
];

/** One story in five has one writer, one in five is calm. */
export function kindOf(seed: number): Pick<WorldOptions, 'solo' | 'calm'> {
  return { solo: seed % 5 === 0, calm: seed % 5 === 1 };
}
