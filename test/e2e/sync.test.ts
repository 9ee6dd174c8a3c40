// Two nodes on one machine and one hub, each a whole control plane with its own state, data, configuration and ports.
import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makePlace, type Place } from '../support/e2e-place.js';
import { startPlane, type Plane } from '../support/temporal-e2e.js';
import { until } from '../support/until.js';

let hub: string;
const places: Record<string, Place> = {};
const planes: Record<string, Plane> = {};

async function start(name: string): Promise<Plane> {
  const place = (places[name] ??= await makePlace());
  const settings = { sync: { remote: hub } };
  const plane = await startPlane({ place, settings, env: { NXS_NODE: name } });
  planes[name] = plane;
  await plane.ready();
  await until(() => /^sync: /m.test(plane.output()));
  return plane;
}

const data = (name: string, file: string): string => join(places[name]?.dataDir ?? '', file);
const read = (name: string, file: string): Promise<string> =>
  readFile(data(name, file), 'utf8').catch(() => '');

beforeAll(async () => {
  const place = await makePlace();
  places['home'] = place;
  hub = join(place.root, 'hub.git');
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', hub]);
  await start('home');
  await start('cloud');
}, 120_000);

afterAll(async () => {
  for (const plane of Object.values(planes)) await plane.dispose();
}, 60_000);

it('what is written on one is soon on the other, with nobody asking', async () => {
  await mkdir(data('home', 'tasks'), { recursive: true });
  await writeFile(data('home', 'tasks/one.md'), 'one\n');
  const run = await planes['cloud']?.nxs('sync', 'run', '--json');
  expect(run?.code).toBe(0);
  await until(
    async () =>
      (await planes['cloud']?.nxs('sync', 'run'))?.code === 0 &&
      (await read('cloud', 'tasks/one.md')) === 'one\n',
  );
}, 60_000);

it('a line added to the log on both while one is stopped is once on both, in order, and both memories stay', async () => {
  await writeFile(data('home', 'memory/x.md'), 'first\n');
  await planes['home']?.nxs('sync', 'run');
  await planes['cloud']?.nxs('sync', 'run');
  await until(async () => (await read('cloud', 'memory/x.md')) === 'first\n');
  expect(await planes['cloud']?.stop()).toBe(0);
  await appendFile(data('home', 'DECISION-LOG.md'), '\n## 2026-03-02 Of home\n\nH.\n');
  await writeFile(data('home', 'memory/x.md'), 'of home\n');
  await planes['home']?.nxs('sync', 'run');
  await appendFile(data('cloud', 'DECISION-LOG.md'), '\n## 2026-03-01 Of cloud\n\nC.\n');
  await writeFile(data('cloud', 'memory/x.md'), 'of cloud\n');
  await start('cloud');
  await planes['cloud']?.nxs('sync', 'run');
  await planes['home']?.nxs('sync', 'run');
  for (const name of ['home', 'cloud']) {
    const log = await read(name, 'DECISION-LOG.md');
    expect(log.match(/^## .*$/gm)).toEqual(['## 2026-03-01 Of cloud', '## 2026-03-02 Of home']);
    const memories = await Promise.all(
      (await readdir(data(name, 'memory'))).map((file) => read(name, `memory/${file}`)),
    );
    expect(memories).toEqual(expect.arrayContaining(['of home\n', 'of cloud\n']));
  }
  const log = await planes['home']?.nxs('sync', 'log');
  expect(log?.stdout).toMatch(/append-date {2}memory\/x\.md/);
}, 120_000);

it('rm -rf of the data directory deletes nothing on the other, and says what it waits for', async () => {
  const before = await readdir(data('home', ''), { recursive: true });
  await rm(data('cloud', ''), { recursive: true });
  const run = await planes['cloud']?.nxs('sync', 'run');
  expect(run?.code).toBe(1);
  expect(run?.stdout).toMatch(/does not exist; nothing is changed anywhere.*nxs sync join/);
  await planes['home']?.nxs('sync', 'run');
  expect(await readdir(data('home', ''), { recursive: true })).toEqual(before);
  const join = await planes['cloud']?.nxs('sync', 'join');
  expect(join?.code).toBe(0);
  expect((await readdir(data('cloud', ''), { recursive: true })).sort()).toEqual([...before].sort());
}, 60_000);

it('a restore waits for a word before the others get it', async () => {
  const cloud = planes['cloud'];
  await writeFile(data('cloud', 'MEMORY.md'), 'an old memory\n');
  await cloud?.nxs('sync', 'run');
  await cloud?.nxs('backup', 'run');
  await writeFile(data('cloud', 'MEMORY.md'), 'a newer memory\n');
  await cloud?.nxs('sync', 'run');
  expect((await cloud?.nxs('backup', 'restore', 'MEMORY.md'))?.code).toBe(0);
  const paused = await cloud?.nxs('sync', 'run', '--json');
  expect(paused?.json()).toMatchObject({ state: 'paused' });
  await planes['home']?.nxs('sync', 'run');
  expect(await read('home', 'MEMORY.md')).toBe('a newer memory\n');
  const { pending } = paused?.json() as { pending: { token: string }[] };
  const approved = await cloud?.nxs('sync', 'approve', pending[0]?.token ?? '');
  expect([approved?.code, approved?.stdout]).toEqual([0, expect.stringContaining('a cycle acts on it now')]);
  await cloud?.nxs('sync', 'run');
  await planes['home']?.nxs('sync', 'run');
  for (const name of ['home', 'cloud']) expect(await read(name, 'MEMORY.md')).toBe('an old memory\n');
}, 60_000);

it('a nudge is taken by POST alone, and the API shows the status and the metrics', async () => {
  const status = await planes['home']?.get('/api/status');
  expect(status?.body['sync']).toMatchObject({ v: 1, hub: expect.stringContaining('hub.git') as string });
  const { http } = (await planes['home']?.run()) ?? { http: '' };
  const nudged = await fetch(`${http}/api/sync/nudge`, { method: 'POST' });
  expect([nudged.status, await nudged.json()]).toEqual([202, { asked: true }]);
  expect((await fetch(`${http}/api/sync/nudge`)).status).toBe(405);
  expect(await (await fetch(`${http}/metrics`)).text()).toMatch(/^nxs_sync_ok [01]$/m);
}, 30_000);
