// Part 1's "Speed and size": every figure of ours beside that of git and restic, from the same corpus, in turn.
import { setTimeout as sleep } from 'node:timers/promises';
import { orFailed, type Row } from '../measure/row.js';
import { makeCorpus, SMALL } from '../subjects/corpus.js';
import type { Scratch } from '../subjects/scratch.js';
import { benchFresh, freshRows } from './backup-fresh.js';
import { benchPairs, pairRows } from './backup-pairs.js';
import { benchRestic } from './backup-restic.js';
import { benchWorkflow } from './backup-workflow.js';
import type { SuiteOptions } from './suite.js';

/** A stamp younger than two seconds is in doubt for the stat cache, and ctime cannot be set back: so they are waited for. */
const SETTLE_MS = 3000;

export async function benchBackup(scratch: Scratch, options: SuiteOptions): Promise<readonly Row[]> {
  const data = scratch.dir('data');
  const { files, bytes } = await makeCorpus(data, SMALL);
  options.say(`corpus: ${files} files, ${(bytes / 1e6).toFixed(1)} MB`);
  await sleep(SETTLE_MS);
  const pairs = await benchPairs(scratch, data, options);
  const fresh = await benchFresh(scratch, data, pairs, options);
  const restic = await benchRestic(scratch, data, pairs, options);
  const workflow = await orFailed('workflow overhead', benchWorkflow(scratch, data, options));
  return [...pairRows(pairs), ...freshRows(fresh, pairs), ...workflow, ...restic];
}
