// Part 3's "Requests, speed and size": what a run asks of GitHub, and how long it and the proof take beside a bare octokit
// loop over the same blobs. GitHub is the emulator of the tests, in a process of its own.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { orFailed, type Row } from '../measure/row.js';
import { series, type Series } from '../measure/series.js';
import { makeCorpus, SMALL } from '../subjects/corpus.js';
import { githubEnvironment, startGithubServer, type GithubServer } from '../subjects/github-peer.js';
import { openOctokitLoop } from '../subjects/octokit-loop.js';
import { openOurs } from '../subjects/ours.js';
import type { Scratch } from '../subjects/scratch.js';
import { benchGithubMemory } from './github-memory.js';
import { githubRows } from './github-rows.js';
import type { SuiteOptions } from './suite.js';

/** As many as ours has under way at a time (adapters/github/read.ts). */
const PARALLEL = 8;
/** A stamp younger than two seconds is in doubt for the stat cache. */
const SETTLE_MS = 3000;
/** What a request to a server elsewhere takes at least. */
const LATENCY_MS = 40;
/** The file that changes. */
const CHANGED = 'memory/0000/note-000000.md';

export async function benchGithub(scratch: Scratch, options: SuiteOptions): Promise<readonly Row[]> {
  const data = scratch.dir('data');
  const { files, bytes } = await makeCorpus(data, SMALL);
  options.say(`corpus: ${files} files, ${(bytes / 1e6).toFixed(1)} MB`);
  await sleep(SETTLE_MS);
  const github = await startGithubServer();
  const counted = series();
  try {
    for (let round = 0; round <= options.rounds; round += 1) {
      await oneRound(scratch, data, github, round, round === 0 ? series() : counted);
      options.say(round === 0 ? 'warm' : `github: round ${round} of ${options.rounds}`);
    }
  } finally {
    await github.stop();
  }
  const memory = await orFailed('memory', benchGithubMemory(scratch, options));
  return [...githubRows(counted), ...memory];
}

async function oneRound(
  scratch: Scratch,
  data: string,
  github: GithubServer,
  round: number,
  into: Series,
): Promise<void> {
  const repo = `backup-${round}`;
  await github.createRepo(repo);
  await github.archives(true);
  const ours = await openOurs(await githubEnvironment(scratch, scratch.dir('state'), data, github, repo));
  const bare = openOctokitLoop(github, repo);
  const counts = async (name: string) => {
    const { requests, proving, commits } = await github.asked();
    into.add(`${name} requests`, requests);
    into.add(`${name} proving`, proving);
    into.add(`${name} all`, requests + proving);
    into.add(`${name} commits`, commits);
  };
  const whole = async (run: string) => {
    await ours.commit(run);
    await ours.prove(run);
  };
  await github.asked();

  await into.time('first', () => ours.commit('first'));
  await into.time('proof', () => ours.prove('first'));
  await ours.finish('first');
  await counts('first');

  await into.time('unchanged', () => whole('second'));
  await ours.finish('second');
  await counts('unchanged');

  await into.time('bare in turn', () => bare.check(1));
  await into.time('bare', () => bare.check(PARALLEL));
  await github.asked();
  await into.time('full by archive', () => ours.verifyFull('full'));
  await counts('full by archive');
  await github.archives(false);
  await into.time('full by blob', () => ours.verifyFull('full-by-blob'));
  await counts('full by blob');
  await into.time('bare again', () => bare.check(PARALLEL));
  await into.time('bare in turn again', () => bare.check(1));

  await github.archives(true);
  await into.time('archive alone', () => bare.fetchArchive());
  await github.latency(LATENCY_MS);
  await into.time('far: full by archive', () => ours.verifyFull('far'));
  await into.time('far: bare', () => bare.check(PARALLEL));
  await github.archives(false);
  await into.time('far: full by blob', () => ours.verifyFull('far-by-blob'));
  await github.latency(0);

  await into.time('restore by blob', () => ours.restore('restore-by-blob', scratch.dir('restored')));
  await into.time('bare restore', () => bare.restore(PARALLEL, scratch.dir('restored')));
  await github.archives(true);
  await github.asked();
  await into.time('restore', () => ours.restore('restore', scratch.dir('restored')));
  await counts('restore');

  await writeFile(path.join(data, CHANGED), `changed in round ${round}\n`.repeat(200));
  await into.time('changed', () => whole('third'));
  await ours.finish('third');
  await counts('changed');
  await github.deleteRepo(repo);
}
