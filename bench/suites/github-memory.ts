// The worker with 1 GB that goes to GitHub. The emulator, which holds all of it in its heap, is a process of its own.
import type { Row } from '../measure/row.js';
import type { Shape } from '../subjects/corpus.js';
import { githubEnvironment, startGithubServer } from '../subjects/github-peer.js';
import type { Scratch } from '../subjects/scratch.js';
import { benchWorkerMemory, SHAPES } from './memory.js';
import type { SuiteOptions } from './suite.js';

interface GithubShape {
  readonly name: string;
  readonly shape: Shape;
  /** The emulator makes an archive in its memory at once; of a gigabyte it takes longer than we wait for a first byte. */
  readonly archives: boolean;
}

const QUARTER: GithubShape = {
  name: '256 x 1 MB, archive',
  shape: { parts: [{ files: 256, size: 1024 * 1024 }], seed: 32 },
  archives: true,
};

export async function benchGithubMemory(scratch: Scratch, options: SuiteOptions): Promise<readonly Row[]> {
  const rows: Row[] = [];
  // The other shape (50,000 files) is left out: the emulator needs more than twenty minutes to take so many blobs.
  const whole = SHAPES.slice(0, 1).map((each) => ({ ...each, archives: false }));
  for (const each of [QUARTER, ...whole]) rows.push(...(await benchShape(scratch, each, options)));
  return rows;
}

async function benchShape(scratch: Scratch, each: GithubShape, options: SuiteOptions): Promise<Row[]> {
  const github = await startGithubServer();
  try {
    await github.createRepo('backup');
    await github.archives(each.archives);
    const [state, data] = [scratch.dir('state'), scratch.dir('data')];
    const env = await githubEnvironment(scratch, state, data, github, 'backup');
    const { name, shape } = each;
    return await benchWorkerMemory({ name: `to GitHub, ${name}`, shape, state, data, env }, options);
  } finally {
    await github.stop();
  }
}
