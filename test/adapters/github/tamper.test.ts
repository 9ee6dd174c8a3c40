// What others do to the branch. Real objects and histories come from the third-party emulator; that a deleted branch or a
// repository made anew answers 404 and 409, and how long a read by name may be stale, rests on the scripted layer.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { diffBackups } from '../../../activities/backup/diff.js';
import { listBackups } from '../../../activities/backup/history.js';
import { digests, fill, filesIn, type Files } from '../../support/e2e-place.js';
import { drill, restore, runBackup } from '../../support/e2e-plain.js';
import { ghOf, githubLab, type GithubLab } from '../../support/github-place.js';
import { listenTo, type Listener } from '../../support/github-told.js';
import { standing } from '../../../workers/offline.js';

const task = standing(() => undefined);

const FILES = {
  'MEMORY.md': '# memory\n',
  'notes/a.md': 'a\n',
  'notes/b.md': 'b\n',
  'blob.bin': randomBytes(20_000),
  'one.md': '1\n',
  'two.md': '2\n',
};

interface Scene {
  readonly lab: GithubLab;
  readonly ear: Listener;
  /** Heads of the branch after each run. */
  readonly heads: readonly string[];
  run(confirm?: string): ReturnType<typeof runBackup>;
  head(branch?: string): string;
}

/** Three green runs: the head before the last of ours is what a stale read would give, so tests go back further. */
async function scene(): Promise<Scene> {
  const lab = await githubLab();
  const ear = listenTo(lab.config);
  await fill(lab.place.dataDir, FILES);
  const run = (confirm?: string) =>
    runBackup(lab.config, { ports: ear.ports(), ...(confirm === undefined ? {} : { confirm }) });
  const head = (branch = 'main') => lab.github.head(lab.repo, branch) ?? '';
  const heads: string[] = [];
  for (const text of ['first', 'second', 'third']) {
    await writeFile(join(lab.place.dataDir, 'MEMORY.md'), `# ${text}\n`);
    expect((await run()).outcome).toBe('green');
    heads.push(head());
  }
  return { lab, ear, heads, run, head };
}

/** What the server holds at this commit, our own corner left out. */
function held({ lab }: Scene, commit: string): Record<string, string> {
  const files: Files = new Map(
    [...lab.github.files(lab.repo, commit)].flatMap(([path, bytes]) =>
      path.startsWith('.nxs/') ? [] : [[path, bytes ?? Buffer.from('LOST')]],
    ),
  );
  return digests(files);
}

const local = async ({ lab }: Scene) => digests(await filesIn(lab.place.dataDir));

/** Every commit that the branch still reaches. */
async function history({ lab }: Scene, from: string): Promise<string[]> {
  const reply = await fetch(`${lab.github.url}/repos/${lab.repo}/commits?sha=${from}&per_page=100`, {
    headers: { authorization: `token ${lab.github.token}` },
  });
  return ((await reply.json()) as { sha: string }[]).map(({ sha }) => sha);
}

describe('a foreign commit on top of ours', () => {
  it.each([
    ['changes a file', { 'notes/a.md': 'vandal\n' }, 'MISMATCH notes/a.md'],
    ['deletes a file', { 'notes/a.md': null }, 'MISSING notes/a.md'],
    [
      'breaks our manifest as well',
      { 'notes/a.md': 'x', '.nxs/manifest.ndjson': 'junk\n' },
      'MISMATCH notes/a.md',
    ],
    [
      'deletes our manifest as well',
      { 'notes/a.md': 'x', '.nxs/manifest.ndjson': null },
      'MISMATCH notes/a.md',
    ],
  ])('that %s is put back, named, kept in history, and told once', async (_, change, drift) => {
    const at = await scene();
    const foreign = await at.lab.github.commitForeign(at.lab.repo, 'main', change);
    const record = await at.run();
    expect(record.outcome).toBe('green');
    const gh = ghOf(record);
    expect(gh).toMatchObject({
      state: 'proved',
      uploaded: 1,
      counts: { VERIFIED: 5, HEALED: 1 },
      read: { files: 1 },
    });
    expect(gh.note).toContain(drift);
    expect(gh.note).toContain(foreign.slice(0, 12));
    expect(gh.note).toContain('by Some Body');
    expect(held(at, at.head())).toEqual(await local(at));
    expect(await history(at, at.head())).toEqual(expect.arrayContaining([foreign, ...at.heads]));
    expect(at.ear.kindsOf('backup/gh/damage')).toEqual(['raised']);

    expect(ghOf(await at.run())).toMatchObject({ state: 'proved', unchanged: true, counts: { VERIFIED: 6 } });
    expect(at.ear.kindsOf('backup/gh/damage')).toEqual(['raised', 'resolved']);
    expect(at.ear.told.filter(({ kind }) => kind === 'raised')).toHaveLength(1);
  });

  it('that only adds a file of its own is named, and what was proved stays proved', async () => {
    const at = await scene();
    const foreign = await at.lab.github.commitForeign(at.lab.repo, 'main', { 'stranger.md': 'hi\n' });
    const record = await at.run();
    expect(ghOf(record)).toMatchObject({ state: 'proved', counts: { VERIFIED: 6 } });
    expect(ghOf(record).note).toContain(foreign.slice(0, 12));
    expect(held(at, at.head())).toEqual(await local(at));
    expect(await history(at, at.head())).toContain(foreign);
  });

  it('on a file that was edited here as well is no drift: the edit goes on top', async () => {
    const at = await scene();
    await at.lab.github.commitForeign(at.lab.repo, 'main', { 'notes/a.md': 'vandal\n' });
    await writeFile(join(at.lab.place.dataDir, 'notes/a.md'), 'mine\n');
    expect(ghOf(await at.run())).toMatchObject({ state: 'proved', counts: { VERIFIED: 6 } });
    expect(held(at, at.head())).toEqual(await local(at));
  });
});

describe('a branch that was set back', () => {
  const ways: readonly [string, string, (at: Scene) => Promise<void>][] = [
    ['rewound', 'rewound', (at) => at.lab.github.rewind(at.lab.repo, 'main', at.heads[0] ?? '')],
    [
      'deleted',
      'gone',
      async (at) => {
        // A repository without any branch would read as empty.
        await at.lab.github.commitForeign(at.lab.repo, 'other', { x: 'x' });
        at.lab.github.deleteBranch(at.lab.repo, 'main');
      },
    ],
    ['lost with its whole repository', 'recreated', (at) => at.lab.github.recreateRepo(at.lab.repo)],
    [
      'replaced in a repository made anew',
      'recreated',
      async (at) => {
        await at.lab.github.recreateRepo(at.lab.repo);
        await at.lab.github.commitForeign(at.lab.repo, 'main', { 'README.md': '# new\n' });
      },
    ],
  ];

  it.each(ways)(
    '%s: full backup on a recovery branch, nothing forced, told once',
    async (_, kind, strike) => {
      const at = await scene();
      await strike(at);
      const left = at.lab.github.head(at.lab.repo, 'main');
      const record = await at.run();
      expect(record.outcome).toBe('not_green');
      const gh = ghOf(record);
      expect(gh).toMatchObject({ state: 'tampered', tamper: { kind, old_head: at.heads[2] } });
      // A proof of before says nothing of another repository: there, every byte is read.
      if (kind === 'recreated') expect(gh).toMatchObject({ counts: { HEALED: 6 }, read: { files: 6 } });
      else expect(gh.counts).toEqual({ VERIFIED: 6 });
      const { branch = '', token = '' } = gh.tamper ?? {};
      expect(at.head(branch)).toBe(gh.commit);
      expect(held(at, at.head(branch))).toEqual(await local(at));
      expect(gh.note).toContain('TAMPERED');
      expect(gh.note).toContain(`--confirm ${token}`);

      await writeFile(join(at.lab.place.dataDir, 'one.md'), 'edited meanwhile\n');
      for (let round = 0; round < 3; round += 1) {
        const again = ghOf(await at.run());
        expect(again).toMatchObject({ state: 'tampered', tamper: { branch, token } });
        expect(held(at, at.head(branch))).toEqual(await local(at));
      }
      expect(at.lab.github.head(at.lab.repo, 'main')).toBe(left);
      expect(at.ear.kindsOf('backup/gh/tampered')).toEqual(['raised']);
      expect(at.ear.events.filter(({ type }) => type === 'backup.tampered')).toHaveLength(1);

      const back = join(at.lab.place.root, 'back');
      await restore(at.lab.config, { to: back });
      expect(digests(await filesIn(back))).toEqual(await local(at));
      // Every look is one at the backup that goes on.
      const ports = at.ear.ports();
      const [history] = await listBackups(ports, { destination: 'gh', limit: 5 }, task);
      expect(history).toMatchObject({ note: `its branch was set back; this is ${branch}` });
      expect(history?.backups[0]).toMatchObject({ commit: at.head(branch), files: 6, changed: 1 });
      const diff = await diffBackups(ports, { destination: 'gh', from: null, to: null }, task);
      expect(diff).toMatchObject({ from: at.head(branch), same: true });
      const [drilled] = (await drill(at.lab.config, ports)).destinations;
      expect(drilled).toMatchObject({ outcome: 'green', commit: at.head(branch), files: 6 });
      at.lab.github.revoke(at.lab.github.token);
      const [refused] = (await drill(at.lab.config, at.ear.ports())).destinations;
      expect(refused).toMatchObject({ outcome: 'not_green', commit: null });
    },
  );

  it.each(ways.slice(0, 3))('%s: goes on once a person takes it as it is', async (_, kind, strike) => {
    const at = await scene();
    await strike(at);
    const left = at.lab.github.head(at.lab.repo, 'main');
    const { token = '' } = ghOf(await at.run()).tamper ?? {};
    expect(ghOf(await at.run('as-it-is-000000000000')).state).toBe('tampered');
    const accepted = await at.run(token);
    expect(ghOf(accepted), kind).toMatchObject({ state: 'proved', tamper: null, counts: { VERIFIED: 6 } });
    expect(held(at, at.head())).toEqual(await local(at));
    if (left !== null) expect(await history(at, at.head())).toContain(left);
    expect(at.ear.kindsOf('backup/gh/tampered')).toEqual(['raised', 'resolved']);
    expect(ghOf(await at.run())).toMatchObject({ state: 'proved', unchanged: true });

    const back = join(at.lab.place.root, 'back');
    await restore(at.lab.config, { to: back });
    expect(digests(await filesIn(back))).toEqual(await local(at));
  });
});
