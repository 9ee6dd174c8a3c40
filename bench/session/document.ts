import { countBars, type Counts } from './summary.js';
import type { Outcome } from './outcome.js';

/** What `--json` writes of one suite. */
export type SuiteDocument = Omit<Outcome, 'kind'>;

/** What `--json` writes of several. */
export interface RunDocument {
  readonly suites: readonly SuiteDocument[];
  readonly bars: Counts;
}

/** The document of what is there so far; several suites are a list, also before the second one is done. */
export function documentOf(outcomes: readonly Outcome[], several: boolean): SuiteDocument | RunDocument {
  const suites = outcomes.map(({ kind: _, ...rest }) => rest);
  const [only] = suites;
  return several || only === undefined ? { suites, bars: countBars(outcomes) } : only;
}
