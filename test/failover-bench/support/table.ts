import { CATALOGUE } from './catalogue.js';
import { runScenario, type Result, type RunOptions } from './runner.js';
import { tally, worst, type Verdict } from './verdict.js';

export interface Table {
  /** S01 … S16. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
  readonly tally: string;
  readonly results: readonly Result[];
}

/** All faults in all their variants at the same time, each with providers and a system of its own. */
export async function runTable(options: RunOptions): Promise<Table> {
  const results = await Promise.all(CATALOGUE.map((scenario) => runScenario(scenario, options)));
  const ids = [...new Set(CATALOGUE.map(({ id }) => id))];
  const verdicts = ids.map((id) => {
    const variants = results.filter(({ scenario }) => scenario.id === id);
    return [id, worst(variants.map(({ verdict }) => verdict))] as const;
  });
  return {
    verdicts: Object.fromEntries(verdicts),
    tally: tally(verdicts.map(([, verdict]) => verdict)),
    results,
  };
}
