// Documented keys are there, keys that are there are documented; and of planted secrets nothing is there at all.
import { writeFileSync } from 'node:fs';
import { rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nxs, type Said } from '../support/e2e-cli.js';
import { flipFile } from '../support/e2e-damage.js';
import type { RunRecord } from '../../domain/backup/record.js';
import { runBackup } from '../support/e2e-plain.js';
import { startGithub, type GithubPeer } from '../support/github-peer.js';
import { ghOf, githubLab } from '../support/github-place.js';
import { destinations, fill, filesIn, makePlace } from '../support/e2e-place.js';
import { viewBackups } from '../../workers/backup-view.js';
import { previewRun } from '../../workers/preview.js';
import { startPlane, type Plane } from '../support/temporal-e2e.js';
import { until } from '../support/until.js';
import { documentedKeys, keysOf, outOfStep } from './documented.js';

// No two alike, and none a part of a word that stands anywhere.
const SECRETS = {
  manifest: 'ghp_Pl4ntedManifestT0kenAAAAAAAAAAAAAAAA',
  yaml: 'Pl4ntedYamlTokenBBBBBBBBBBBB',
  file: 'Pl4ntedDotEnvTokenCCCCCCCCCC',
  url: 'Pl4ntedUrlPasswordDDDDDDDDDD',
  hook: 'Pl4ntedHookPathEEEEEEEEEEEEE',
} as const;

let plane: Plane;
let github: GithubPeer;
const heard: Said[] = [];

beforeAll(async () => {
  // It does not know the planted token.
  github = await startGithub();
  const place = await makePlace(() =>
    destinations(
      '{ name: local, type: git, path: "${NXS_STATE_DIR}/backup.git" }',
      `{ name: github, type: github, owner: me, repo: nxs, branch: main, base_url: "${github.url}", token: "${SECRETS.manifest}" }`,
    ),
  );
  const many = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`many/${n}`, `file ${n}`]));
  await fill(place.dataDir, { 'MEMORY.md': '# Memory', ...many });
  writeFileSync(join(place.configDir, '.env'), `E2E_HTTP_TOKEN=${SECRETS.file}\n`, { mode: 0o600 });
  plane = await startPlane({
    place,
    settings: {
      http: { token: '${E2E_HTTP_TOKEN}' },
      sync: { remote: `https://me:${SECRETS.url}@hub.invalid/state.git`, token: SECRETS.yaml },
      notify: [{ type: 'webhook', format: 'json', url: `http://127.0.0.1:9/${SECRETS.hook}` }],
    },
  });
  await plane.ready();
  await until(() => plane.output().includes('backup of 13 files'), 60_000);
}, 120_000);
afterAll(async () => {
  await plane.dispose();
  await github.close();
});

async function json(...args: readonly string[]): Promise<unknown> {
  const said = await plane.nxs(...args, '--json');
  heard.push(said);
  try {
    return JSON.parse(said.stdout) as unknown;
  } catch {
    throw new Error(`${args.join(' ')} said no JSON document: ${said.stdout}${said.stderr}`);
  }
}

function expectInStep(command: string, ...documents: readonly unknown[]): void {
  const step = outOfStep(command, ...documents);
  expect(step, `nxs ${command}`).toEqual({ undocumented: [], unheard: [] });
}

/** The record of a run that finds its branch set back. */
async function setBack(): Promise<RunRecord> {
  const lab = await githubLab();
  const commits: string[] = [];
  for (const text of ['one', 'two', 'three']) {
    await fill(lab.place.dataDir, { 'MEMORY.md': text });
    commits.push(ghOf(await runBackup(lab.config)).commit ?? '');
  }
  // Not to the one before the last: for a minute that looks like a server that lags behind.
  await lab.github.rewind(lab.repo, 'main', commits[0] ?? '');
  return runBackup(lab.config);
}

/** The status while the server lets nothing through. */
async function toldToWait(): Promise<unknown> {
  const lab = await githubLab();
  lab.github.next({ kind: 'secondary', retryAfter: 600 });
  await runBackup(lab.config);
  const { destinations } = await viewBackups(lab.config, Date.now());
  return destinations.map(({ waiting }) => waiting);
}

describe('--json of', () => {
  it('backup run, also when it is held', async () => {
    const run = await json('backup', 'run');
    for (let n = 0; n < 12; n += 1) await unlink(join(plane.place.dataDir, `many/${n}`));
    const held = (await json('backup', 'run')) as { held: { token: string } };
    const passed = await json('backup', 'run', '--confirm', held.held.token);
    expectInStep('backup run', run, held, passed, await setBack());
  }, 60_000);

  it('backup run --dry-run, also when it would be held', async () => {
    await writeFile(join(plane.place.dataDir, 'soon.md'), 'soon');
    const dry = await json('backup', 'run', '--dry-run');
    const lost = await githubLab();
    await fill(
      lost.place.dataDir,
      Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`${n}`, `${n}`])),
    );
    await runBackup(lost.config);
    for (let n = 0; n < 12; n += 1) await unlink(join(lost.place.dataDir, `${n}`));
    expectInStep('backup run --dry-run', dry, await previewRun(lost.config, () => undefined));
    await unlink(join(plane.place.dataDir, 'soon.md'));
  }, 30_000);

  it('backup verify, also with damage', async () => {
    const well = await json('backup', 'verify', '--full');
    await writeFile(
      join(plane.place.dataDir, 'damaged.bin'),
      Buffer.from([...Array(3_000).keys()].map((n) => (n * n) % 251)),
    );
    await json('backup', 'run');
    flipFile(plane.place.store, 'damaged.bin');
    expectInStep('backup verify', well, await json('backup', 'verify', '--full'));
    await json('backup', 'run');
  }, 60_000);

  it('backup list, backup diff', async () => {
    expectInStep('backup list', await json('backup', 'list'));
    const diff = await json('backup', 'diff', 'no-such-revision');
    expect(diff).toMatchObject({ error: { code: 'NOTHING_TO_RESTORE' } });
    await writeFile(join(plane.place.dataDir, 'not-yet.md'), 'not backed up');
    expectInStep('backup diff', await json('backup', 'diff'));
    await unlink(join(plane.place.dataDir, 'not-yet.md'));
  }, 30_000);

  it('backup drill', async () => {
    expectInStep('backup drill', await json('backup', 'drill'));
  }, 60_000);

  it('backup status', async () => {
    await json('backup', 'drill');
    const view = (await json('backup', 'status')) as { last_run: unknown };
    const { last_run: last, ...own } = view;
    expect(keysOf(last)).toEqual(keysOf(await withoutLink('backup', 'run')));
    expectInStep('backup status', { ...own, last_run: null }, await toldToWait());
  }, 60_000);

  it('backup restore, its dry run and its undo', async () => {
    const to = join(plane.place.root, 'restored');
    const dry = await json('backup', 'restore', '--dry-run', '--to', to);
    const done = await json('backup', 'restore', '--to', to);
    const undone = await json('backup', 'restore', '--undo');
    const offline = await json('backup', 'restore', '--offline', '--to', to);
    for (const each of [dry, done, undone, offline]) expectInStep('backup restore', each);
    await rm(to, { recursive: true });
  }, 60_000);

  it('status', async () => {
    const shown = (await json('status')) as { backup: { destinations: object[] } };
    const { backup, ...own } = shown;
    const { destinations: each, ...rest } = backup;
    const { words } = documentedKeys('backup status');
    expect([...keysOf(each)].filter((key) => !words.has(key))).toEqual([]);
    const incident = { open: [{ id: '', subject: '', state: '' }] };
    expectInStep('status', own, { backup: rest, destinations: [], files: 0 }, incident);
  }, 30_000);

  it('doctor, config check, journal verify, journal show', async () => {
    expectInStep('doctor', await json('doctor'));
    const place = await makePlace();
    await writeFile(join(place.configDir, 'nxs.yaml'), 'nod: home\n');
    const wrong = (await nxs(['config', 'check', '--json'], place.env)).json();
    await rm(place.root, { recursive: true });
    const check = (await json('config', 'check')) as { files: object };
    const files = Object.values(check.files) as object[];
    expect(files.length).toBe(6);
    expectInStep(
      'config check',
      { ...check, files: files[0] },
      { problems: wrong['problems'] },
      { files: 0 },
    );
    const verified = await json('journal', 'verify');
    const breaks = { file: '', line: 1, reason: '' };
    expectInStep('journal verify', verified, { breaks });
    const events = (await json('journal', 'show')) as { type: string }[];
    expect(events.length).toBeGreaterThan(3);
    expect(await json('journal', 'show', '--last', '2', '--type', 'backup.*')).toHaveLength(2);
  }, 60_000);

  it('config show, with its secrets as ***', async () => {
    expect(JSON.stringify(await json('config', 'show'))).toContain('***');
  });

  it('an unknown destination is one error document with exit 2', async () => {
    const said = await plane.nxs('backup', 'restore', '--destination', 'nowhere', '--dry-run', '--json');
    heard.push(said);
    expect(said.code).toBe(2);
    expect(said.json()).toMatchObject({ error: { code: 'USAGE' } });
  }, 30_000);
});

describe('planted secrets', () => {
  it("are in no output, no file of the state directory (logs, journal, Temporal's history), and no answer", async () => {
    for (const args of [
      ['config', 'show'],
      ['config', 'check'],
      ['doctor'],
      ['status'],
      ['provider', 'list'],
      ['backup', 'run'],
      ['backup', 'status'],
    ])
      heard.push(await plane.nxs(...args));
    heard.push(await nxs(['status'], { ...plane.env, NXS_DEBUG: '1' }));
    const answers = await Promise.all(
      ['/api/status', '/api/providers', '/readyz', '/metrics', '/'].map(async (path) =>
        (await fetch((await plane.run()).http + path)).text(),
      ),
    );
    const said = heard.map(({ stdout, stderr }) => stdout + stderr);
    await plane.stop();
    const texts = new Map([
      ['answers', answers.join('\n')],
      ['commands', said.join('\n')],
      ['nxs up', plane.output()],
    ]);
    for (const [path, bytes] of await filesIn(plane.place.stateDir))
      texts.set(path, bytes.toString('latin1'));
    expect([...texts.keys()].some((path) => path.endsWith('temporal.db'))).toBe(true);
    for (const [where, text] of texts)
      for (const [name, secret] of Object.entries(SECRETS))
        expect([where, name, text.includes(secret)]).toEqual([where, name, false]);
  }, 60_000);
});

async function withoutLink(...args: readonly string[]): Promise<unknown> {
  const { link: _link, ...rest } = (await json(...args)) as { link: unknown };
  return rest;
}
