// The hourly look at the account. Accounts, rights and archives are the third-party emulator's; what it does not know rests on
// the scripted layer: read-only tokens, the announced end of a token, redirects after a rename, 404 for what may not be seen.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkAccess } from '../../../activities/backup/access.js';
import type { AccessResult } from '../../../activities/contracts.js';
import { fill } from '../../support/e2e-place.js';
import { runBackup } from '../../support/e2e-plain.js';
import { ghOf, githubLab, type GithubLab, type LabOptions } from '../../support/github-place.js';
import { listenTo, type Listener } from '../../support/github-told.js';
import { standing } from '../../../workers/offline.js';

const ACCOUNT = 'backup/gh/account';
const UPKEEP = 'backup/gh/upkeep';
const task = standing(() => undefined);

interface Scene {
  readonly lab: GithubLab;
  readonly ear: Listener;
  readonly look: () => Promise<AccessResult['destinations'][number]>;
  readonly run: () => ReturnType<typeof runBackup>;
}

async function scene(options: LabOptions = {}): Promise<Scene> {
  const lab = await githubLab(options);
  const ear = listenTo(lab.config);
  await fill(lab.place.dataDir, { 'MEMORY.md': '# x\n', 'blob.bin': Buffer.alloc(3_000, 0), 'b.md': 'b\n' });
  let count = 0;
  return {
    lab,
    ear,
    run: () => runBackup(lab.config, { ports: ear.ports() }),
    async look() {
      const run = `access-${(count += 1)}`;
      const result = await checkAccess(ear.ports(), { run }, task);
      const found = result.destinations.find(({ name }) => name === 'gh');
      if (found === undefined) throw new Error('nobody looked at gh');
      return found;
    },
  };
}

const inDays = (days: number) =>
  new Date(Date.now() + days * 86_400_000).toISOString().replace('T', ' ').replace(/\..*$/, ' UTC');

const troubles: readonly [string, string, RegExp, (lab: GithubLab) => unknown][] = [
  ['a revoked token', 'denied', /revoked/, ({ github }) => github.revoke(github.token)],
  ['an archived repository', 'archived', /is archived/, ({ github, repo }) => github.archive(repo)],
  ['a renamed one', 'renamed', /octocat\/moved now/, ({ github, repo }) => github.rename(repo, 'moved')],
  ['one that is gone', 'gone', /is not there/, ({ github, repo }) => github.deleteRepo(repo)],
  [
    'a token that ends in six days',
    'expiring',
    /the token ends at \d{4}-/,
    ({ github }) => github.set({ tokenExpires: inDays(6) }),
  ],
];

describe('the hourly look', () => {
  it.each(troubles)('tells %s apart, once', async (_, state, detail, strike) => {
    const { lab, ear, look, run } = await scene();
    expect((await run()).outcome).toBe('green');
    expect((await look()).access?.state).toBe('ok');
    await strike(lab);
    for (let hour = 0; hour < 3; hour += 1) {
      const { access } = await look();
      expect(access).toMatchObject({ state, detail: expect.stringMatching(detail) as string });
    }
    const works = state === 'renamed' || state === 'expiring';
    expect(ear.kindsOf(works ? UPKEEP : ACCOUNT)).toEqual(['raised']);
    expect(ear.told).toHaveLength(1);
    expect(ear.told[0]?.text).toMatch(detail);
    expect(JSON.stringify(ear.told)).not.toContain(lab.github.token);
  });

  it.each([
    ['may only read', 'forbidden', (lab: GithubLab['github']) => lab.tokens.readOnly],
    ['sees nothing of it', 'gone', (lab: GithubLab['github']) => lab.tokens.stranger],
  ])('a token that %s is %s', async (_, state, token) => {
    const { ear, look } = await scene({ token });
    expect((await look()).access?.state).toBe(state);
    expect((await look()).access?.state).toBe(state);
    expect(ear.kindsOf(ACCOUNT)).toEqual(['raised']);
  });

  it('a token that ends soon is told once, whatever runs in between, and its renewal once', async () => {
    const { lab, ear, look, run } = await scene();
    lab.github.set({ tokenExpires: inDays(6) });
    for (let hour = 0; hour < 3; hour += 1) {
      expect((await run()).outcome).toBe('green');
      expect((await look()).access?.state).toBe('expiring');
    }
    expect(ear.told.map(({ kind, incident, level }) => [kind, incident, level])).toEqual([
      ['raised', UPKEEP, 'warning'],
    ]);
    lab.github.set({ tokenExpires: inDays(90) });
    expect((await look()).access?.state).toBe('ok');
    expect(ear.kindsOf(UPKEEP)).toEqual(['raised', 'resolved']);
  });

  it('a token that is refused at the first request of a run is the account in trouble, not the run', async () => {
    const { lab, ear, run, look } = await scene();
    lab.github.revoke(lab.github.token);
    expect(ghOf(await run())).toMatchObject({ state: 'failed', code: 'DESTINATION_DENIED' });
    expect((await look()).access?.state).toBe('denied');
    expect(ear.told.map(({ kind, incident }) => [kind, incident])).toEqual([
      ['raised', ACCOUNT],
      ['raised', 'backup/gh/recency'],
    ]);
  });

  it('a token that ends in eight days is no trouble, and neither is being asked to wait', async () => {
    const { lab, ear, look, run } = await scene();
    expect((await run()).outcome).toBe('green');
    lab.github.set({ tokenExpires: inDays(8) });
    expect((await look()).access?.state).toBe('ok');
    lab.github.next({ kind: 'secondary', retryAfter: 30 });
    expect((await look()).access?.state).toBe('limited');
    expect(ear.told).toEqual([]);
  });
});

describe('a token that dies and comes back', () => {
  it('is one alert for looks and runs together, and nothing travels twice', async () => {
    const { lab, ear, look, run } = await scene();
    expect((await run()).outcome).toBe('green');
    await writeFile(join(lab.place.dataDir, 'new.bin'), Buffer.alloc(5_000, 0));
    // In the middle of the upload: the blob is taken, the tree is not.
    const dead = { kind: 'status', status: 401, message: 'Bad credentials' } as const;
    const struck = lab.github.next({ ...dead, match: /POST .*git\/trees/ });
    lab.github.resetCounts();
    const failed = await run();
    expect(ghOf(failed)).toMatchObject({ state: 'failed', code: 'DESTINATION_DENIED' });
    expect(struck.fired()).toBe(1);
    lab.github.next({ ...dead, times: 1_000 });
    expect((await look()).access?.state).toBe('denied');
    expect(ghOf(await run())).toMatchObject({ state: 'failed', code: 'DESTINATION_DENIED' });
    expect(ear.kindsOf(ACCOUNT)).toEqual(['raised']);

    lab.github.calm();
    expect(ghOf(await run())).toMatchObject({ state: 'proved', counts: { VERIFIED: 4 } });
    expect(ear.kindsOf(ACCOUNT)).toEqual(['raised', 'resolved']);
    const { routes } = lab.counted();
    expect(routes['POST /repos/{owner}/{repo}/git/blobs']).toBe(1);
    expect(routes['POST /repos/{owner}/{repo}/git/commits']).toBe(1);
  });
});
