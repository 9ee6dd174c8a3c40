// restic encrypts and packs, we do not: its figures stand beside ours for orientation, without a bar.
import { row, type Row } from '../measure/row.js';
import { series, type Series } from '../measure/series.js';
import { findRestic, openRestic } from '../subjects/restic.js';
import type { Scratch } from '../subjects/scratch.js';
import type { SuiteOptions } from './suite.js';

export async function benchRestic(
  scratch: Scratch,
  data: string,
  pairs: Series,
  options: SuiteOptions,
): Promise<readonly Row[]> {
  const found = await findRestic();
  if ('reason' in found) return [row({ what: 'beside restic', note: `not measured: ${found.reason}` })];
  const into = series();
  for (let round = 1; round <= options.rounds; round += 1) {
    const restic = await openRestic(scratch, found, data);
    into.add('first', await restic.first());
    into.add('unchanged', await restic.unchanged());
    into.add('check', await restic.check());
    into.add('restore', await restic.restore());
    options.say(`${found.version}: round ${round} of ${options.rounds}`);
  }
  const note = `${found.version}, a local repository, each a whole process; ours: the figures above`;
  return [
    row({ what: 'beside restic: first', ours: pairs.of('first'), peer: into.of('first'), note }),
    row({ what: 'beside restic: no change', ours: pairs.of('unchanged'), peer: into.of('unchanged') }),
    row({ what: 'beside restic: check --read-data', ours: pairs.of('full'), peer: into.of('check') }),
    row({ what: 'beside restic: restore --verify', peer: into.of('restore') }),
  ];
}
