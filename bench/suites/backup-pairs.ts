// Ours in this process and git as its three processes, one after the other in each round.
import { utimes, readdir } from 'node:fs/promises';
import path from 'node:path';
import { row, type Row } from '../measure/row.js';
import { series, type Series } from '../measure/series.js';
import { openGitPeer } from '../subjects/git.js';
import { openOurs, ourEnvironment, type OurSteps } from '../subjects/ours.js';
import type { Scratch } from '../subjects/scratch.js';
import type { SuiteOptions } from './suite.js';

/** One round more than asked for: the first warms both sides up and does not count. */
export async function benchPairs(scratch: Scratch, data: string, options: SuiteOptions): Promise<Series> {
  const counted = series();
  for (let round = 0; round <= options.rounds; round += 1) {
    const into = round === 0 ? series() : counted;
    await oneRound(scratch, data, into);
    options.say(round === 0 ? 'warm' : `git and ours: round ${round} of ${options.rounds}`);
  }
  return counted;
}

async function oneRound(scratch: Scratch, data: string, into: Series): Promise<void> {
  const git = await openGitPeer(scratch, data);
  const ours = await openOurs(ourEnvironment(scratch.env, scratch.dir('state'), data));
  await into.time('git first', () => git.first());
  await into.time('first', () => ours.commit('first'));
  await into.time('git check', () => git.check('local'));
  await into.time('proof', () => ours.prove('first'));
  await ours.finish('first');
  await into.time('git check again', () => git.check('local'));
  await into.time('full', () => ours.verifyFull('full'));
  await into.time('git transfer', () => git.check('no-local'));
  await into.time('git unchanged', () => git.unchanged());
  await into.time('unchanged', () => backUpAll(ours, 'second', 0));
  await ours.finish('second');
  await touch(data);
  await git.unchanged();
  await into.time('git racy', () => git.unchanged());
  await touch(data);
  await ours.commit('third');
  await into.time('racy', () => backUpAll(ours, 'fourth', null));
}

/** A whole run; throws when it read other files than expected (null: any). */
async function backUpAll(ours: OurSteps, run: string, expected: number | null): Promise<void> {
  const read = await ours.commit(run);
  if (expected !== null && read !== expected)
    throw new Error(`${run} read ${read} files instead of ${expected}`);
  await ours.prove(run);
}

/** Fresh stamps, as after an edit a moment ago. */
async function touch(data: string): Promise<void> {
  const now = Date.now() / 1000;
  for (const name of await readdir(data, { recursive: true })) await utimes(path.join(data, name), now, now);
}

export function pairRows(pairs: Series): Row[] {
  return [
    row({
      what: 'first backup, up to the commit',
      ours: pairs.of('first'),
      peer: pairs.of('git first'),
      bar: { of: 'ratio', most: 0.6 },
      note: 'ours: plan + publish in a warm process; peer: git add -A, commit, push to a bare repository, in one shell',
    }),
    row({
      what: 'its proof, all bytes read back',
      ours: pairs.of('proof'),
      peer: pairs.of('git check'),
      bar: { of: 'ratio', most: 0.8 },
      note: LOCAL,
    }),
    row({
      what: 'verify --full',
      ours: pairs.of('full'),
      peer: pairs.of('git check again'),
      bar: { of: 'ratio', most: 0.8 },
      note: LOCAL,
    }),
    row({
      what: 'its proof / clone --no-local',
      ours: pairs.of('proof'),
      peer: pairs.of('git transfer'),
      note: 'the packs travel and git hashes each object, as from a remote; ours too reads and hashes each',
    }),
    row({
      what: 'verify --full / clone --no-local',
      ours: pairs.of('full'),
      peer: pairs.of('git transfer'),
    }),
    row({
      what: 'no change',
      ours: pairs.of('unchanged'),
      peer: pairs.of('git unchanged'),
      bar: { of: 'ratio', most: 1.5 },
      note: 'ours: plan + publish + verify; peer: git add -A, commit (nothing to commit), push (up to date)',
    }),
    row({
      what: 'no change, stamps under 2 s old',
      ours: pairs.of('racy'),
      peer: pairs.of('git racy'),
      note: 'in doubt, so all bytes are read and hashed again',
    }),
    ...[
      ['first backup, up to the commit', 'first', 'git first'],
      ['its proof', 'proof', 'git check'],
      ['verify --full', 'full', 'git check again'],
      ['no change', 'unchanged', 'git unchanged'],
    ].map(([what = '', ours = '', peer = '']) =>
      row({ what: `CPU: ${what}`, ours: pairs.of(`cpu ${ours}`), peer: pairs.of(`cpu ${peer}`), note: CPU }),
    ),
  ];
}

const LOCAL =
  'peer: git clone of a path, which hard-links the packs without a look at them, and sha256sum of every file';
const CPU = 'CPU time of all processes, which a busy machine changes least; in steps of 10 ms';
