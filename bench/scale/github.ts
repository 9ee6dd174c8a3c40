// What a run of each kind asks GitHub, counted by the GitHub of the tests.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCorpus, SMALL } from '../subjects/corpus.js';
import { githubEnvironment, startGithubServer } from '../subjects/github-peer.js';
import { openOurs } from '../subjects/ours.js';
import type { Scratch } from '../subjects/scratch.js';
import type { GithubCost } from './model.js';

/** A stamp younger than two seconds is in doubt for the stat cache. */
const SETTLE_MS = 3000;

/** `first`: the very first backup of 1,010 files. */
export async function githubCost(scratch: Scratch): Promise<GithubCost & { readonly first: number }> {
  const data = scratch.dir('data');
  await makeCorpus(data, SMALL);
  await sleep(SETTLE_MS);
  const github = await startGithubServer();
  try {
    await github.createRepo('scale');
    await github.archives(true);
    const env = await githubEnvironment(scratch, scratch.dir('state'), data, github, 'scale');
    const ours = await openOurs(env);
    const counted = async (work: () => Promise<unknown>) => {
      await github.asked();
      await work();
      const { requests, proving } = await github.asked();
      return requests + proving;
    };
    const backUp = async (run: string) => {
      await github.asked();
      await ours.commit(run);
      await ours.prove(run);
      const { requests, proving, writes } = await github.asked();
      await ours.finish(run);
      return { all: requests + proving, writes };
    };
    const { all: first } = await backUp('first');
    const { all: unchanged } = await backUp('second');
    const access = await counted(() => ours.access('access'));
    const verify = await counted(() => ours.verifyRolling('rolling'));
    const drill = await counted(() => ours.restore('drill', scratch.dir('restored')));
    await writeFile(path.join(data, 'memory', '0000', 'note-000000.md'), 'changed\n'.repeat(200));
    const { all: changed, writes } = await backUp('third');
    return { first, unchanged, changed, writes, access, verify, drill };
  } finally {
    await github.stop();
  }
}
