// The same steps as one process each, start of Node included, so that nobody is misled by a warm one.
import { row, type Row } from '../measure/row.js';
import { run } from '../measure/run.js';
import { series, type Series } from '../measure/series.js';
import { ourEnvironment } from '../subjects/ours.js';
import { builtBench } from '../subjects/root.js';
import type { Scratch } from '../subjects/scratch.js';
import type { SuiteOptions } from './suite.js';

/** What one-process.ts prints, ms. */
interface Said {
  readonly loaded: number;
  readonly commit?: number;
  readonly prove?: number;
  readonly verify?: number;
}

export async function benchFresh(
  scratch: Scratch,
  data: string,
  pairs: Series,
  options: SuiteOptions,
): Promise<Series> {
  const into = series();
  for (let round = 1; round <= pairs.of('first').length; round += 1) {
    const env = ourEnvironment(scratch.env, scratch.dir('state'), data);
    const start = async (...args: string[]) => {
      const { ms, stdout } = await run(process.execPath, [builtBench('one-process.js'), ...args], {
        cwd: data,
        env,
      });
      return { ms, said: JSON.parse(stdout) as Said };
    };
    const first = await start('backup', 'first');
    into.add('first process', first.ms);
    into.add('first steps', first.said.commit ?? Number.NaN);
    into.add('proof steps', first.said.prove ?? Number.NaN);
    const full = await start('verify-full', 'full');
    into.add('full process', full.ms);
    into.add('full steps', full.said.verify ?? Number.NaN);
    const unchanged = await start('backup', 'second');
    into.add('unchanged process', unchanged.ms);
    into.add('unchanged steps', (unchanged.said.commit ?? Number.NaN) + (unchanged.said.prove ?? Number.NaN));
    options.say(`ours as a process: round ${round} of ${options.rounds}`);
  }
  return into;
}

export function freshRows(fresh: Series, pairs: Series): Row[] {
  const cold = 'ours: in a process that was just started, its start (Node, modules, config) not counted';
  const whole = 'ours: from exec to exit, the start of Node and both commit and proof included';
  const firstAndCheck = pairs.of('git first').map((ms, index) => ms + (pairs.of('git check')[index] ?? 0));
  return [
    row({
      what: 'cold: first, up to the commit',
      ours: fresh.of('first steps'),
      peer: pairs.of('git first'),
      note: cold,
    }),
    row({ what: 'cold: its proof', ours: fresh.of('proof steps'), peer: pairs.of('git check') }),
    row({ what: 'cold: verify --full', ours: fresh.of('full steps'), peer: pairs.of('git check again') }),
    row({ what: 'cold: no change', ours: fresh.of('unchanged steps'), peer: pairs.of('git unchanged') }),
    row({
      what: 'one process: first + proof',
      ours: fresh.of('first process'),
      peer: firstAndCheck,
      note: `${whole}; peer: add + commit + push + clone + sha256sum`,
    }),
    row({
      what: 'one process: verify --full',
      ours: fresh.of('full process'),
      peer: pairs.of('git check again'),
    }),
    row({
      what: 'one process: no change',
      ours: fresh.of('unchanged process'),
      peer: pairs.of('git unchanged'),
    }),
  ];
}
