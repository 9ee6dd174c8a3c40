// A dry run says what then happens: the peer counts the requests. The claims about their number rest on the third-party
// emulator; those about an empty repository also on the scripted 409 in front of it.
import { randomBytes } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { previewBackup, type PreviewDestination } from '../../../activities/backup/preview.js';
import type { BackupPorts } from '../../../activities/backup/ports.js';
import { standing } from '../../../workers/offline.js';
import { configOf, destinations, fill, makePlace, removePlace, type Files } from '../../support/e2e-place.js';
import { freshPorts, runBackup } from '../../support/e2e-plain.js';
import { ghOf, githubLab, type GithubLab } from '../../support/github-place.js';

async function dry(ports: BackupPorts): Promise<PreviewDestination> {
  const [only] = (
    await previewBackup(
      ports,
      standing(() => undefined),
    )
  ).destinations;
  if (only === undefined) throw new Error('no destination was looked at');
  return only;
}

/** What was said, and what the peer then counted. */
async function saidAndDone(
  lab: GithubLab,
  ports: BackupPorts,
): Promise<{ said: PreviewDestination; requests: number; writes: number }> {
  const said = await dry(ports);
  lab.counted();
  const record = ghOf(await runBackup(lab.config, { ports }));
  expect(record.state).toBe('proved');
  expect(record.unchanged).toBe(said.unchanged);
  expect(record.read.files).toBe(said.read.files);
  const { requests, proving, routes } = lab.counted();
  const writes = Object.entries(routes).reduce(
    (sum, [route, count]) => sum + (route.startsWith('GET ') ? 0 : count),
    0,
  );
  return { said, requests: requests + proving, writes };
}

function expectWithin(said: number | null, done: number): void {
  expect(Math.abs((said ?? 0) - done), `said ${said ?? 'nothing'}, then ${done}`).toBeLessThanOrEqual(
    Math.max(1, done * 0.1),
  );
}

function many(texts: number, blobs: number): Map<string, Buffer> {
  const files: [string, Buffer][] = [];
  for (let n = 0; n < texts; n += 1) files.push([`t/${n % 7}/${n}.md`, Buffer.from(`${n} `.repeat(900))]);
  for (let n = 0; n < blobs; n += 1) files.push([`b/${n}.bin`, randomBytes(9_000)]);
  return new Map(files);
}

describe('a dry run against GitHub', () => {
  it.each<[string, Files, boolean]>([
    ['few files into an empty repository', many(3, 1), false],
    ['many files into an empty repository', many(1_200, 30), false],
  ])('of %s names the requests that then are made', async (_name, files) => {
    const lab = await githubLab();
    await fill(lab.place.dataDir, files);
    const { said, requests, writes } = await saidAndDone(lab, freshPorts(lab.config));
    expectWithin(said.requests, requests);
    expectWithin(said.writes, writes);
    expect(said.files.every(({ action }) => action === 'upload')).toBe(true);
    expect(said.files).toHaveLength(new Map(files as Map<string, Buffer>).size);
  });

  it('names changes and removals, and costs nothing but reads', async () => {
    const lab = await githubLab();
    const ports = freshPorts(lab.config);
    await fill(lab.place.dataDir, many(40, 3));
    await runBackup(lab.config, { ports });
    const none = await saidAndDone(lab, ports);
    expect(none.said).toMatchObject({ unchanged: true, files: [], writes: 0 });
    expectWithin(none.said.requests, none.requests);

    await writeFile(join(lab.place.dataDir, 't/0/0.md'), 'other');
    await writeFile(join(lab.place.dataDir, 'new.bin'), randomBytes(2_000));
    await rm(join(lab.place.dataDir, 'b/1.bin'));
    const head = lab.github.head(lab.repo, 'main');
    lab.counted();
    const before = await dry(ports);
    expect(lab.github.head(lab.repo, 'main')).toBe(head);
    expect(Object.keys(lab.counted().routes).filter((route) => !route.startsWith('GET '))).toEqual([]);
    expect(before.files.map(({ path, action }) => `${action} ${path}`).sort()).toEqual([
      'remove b/1.bin',
      'replace t/0/0.md',
      'upload new.bin',
    ]);
    const { said, requests, writes } = await saidAndDone(lab, ports);
    expectWithin(said.requests, requests);
    expectWithin(said.writes, writes);
  });

  it('knows the waits that the pace asks for', async () => {
    const lab = await githubLab({ pace: '{ interval: 1s, per_minute: 100, per_hour: 500 }' });
    await fill(lab.place.dataDir, many(5, 250));
    const { minutes, writes } = await dry(freshPorts(lab.config));
    expect(writes).toBeGreaterThan(250);
    // So many less one, a second apart.
    const least = ((writes ?? 0) - 1) / 60;
    expect(minutes).toBeGreaterThanOrEqual(least - 0.01);
    expect(minutes).toBeLessThan(least * 1.1);
  });

  it('says what would be held back, and fails for no reason of ours', async () => {
    const lab = await githubLab();
    await fill(lab.place.dataDir, { 'notes.md': 'a', '.ssh/id_rsa': 'x' });
    const before = await dry(freshPorts(lab.config));
    expect(before.files).toContainEqual(
      expect.objectContaining({ path: '.ssh/id_rsa', action: 'hold_back' }) as unknown,
    );
    lab.github.revoke(lab.github.token);
    expect(await dry(freshPorts(lab.config))).toMatchObject({ state: 'failed', requests: null });
  });
});

it('a dry run makes no destination on a disk', async () => {
  const place = await makePlace(() =>
    destinations('{ name: disk, type: git, path: "${NXS_STATE_DIR}/b.git" }'),
  );
  try {
    await fill(place.dataDir, { one: '1' });
    const said = await dry(freshPorts(await configOf(place)));
    expect(said).toMatchObject({
      state: 'ready',
      requests: null,
      files: [{ path: 'one', action: 'upload' }],
    });
    expect((await readdir(place.stateDir)).filter((name) => name.startsWith('b.git'))).toEqual([]);
  } finally {
    await removePlace(place);
  }
});
