// The reload as a transaction: what is refused, what is in force, and the way back when the worker cannot follow.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NxsError } from '../../domain/errors.js';
import type { Config } from '../../config/types.js';
import { readReload } from '../../workers/reload-file.js';
import { openReloader, type Reloader } from '../../workers/reload.js';
import { makeScratch, type Scratch } from '../config/scratch.js';
import { until } from '../support/until.js';

let scratch: Scratch;
let reloader: Reloader;
let stateDir: string;
let inForce: Config[];
let renewed: number;
let said: string[];

beforeEach(async () => {
  scratch = await makeScratch();
  stateDir = join(scratch.root, 'state');
  await mkdir(stateDir);
  await write({ http: { port: 8787 } });
  const first = await load();
  inForce = [first];
  renewed = 0;
  said = [];
  reloader = openReloader(first, '2026-01-01T00:00:00.000Z', {
    load: (pins) => load(pins),
    prepare(config) {
      if (config.dashboard.title === 'unopenable')
        throw new NxsError('CONFIG_INVALID', 'It cannot be opened.');
      return Promise.resolve(() => void inForce.push(config));
    },
    renewWorker: () => void (renewed += 1),
    say: (line) => void said.push(line),
    told: () => undefined,
  });
});
afterEach(() => scratch.remove());

const load = (pins = {}) =>
  scratch.load({ NXS_STATE_DIR: stateDir, NXS_DATA_DIR: scratch.home, NXS_NODE: 'home', ...pins });
const write = (nxs: object, title = 'NXS') =>
  scratch.write({
    'nxs.yaml': JSON.stringify(nxs),
    'resilience-dashboard.yaml': JSON.stringify({ dashboard: { title, panels: [] } }),
  });

test('a mistake changes nothing, and the file that commands read says why', async () => {
  await write({ htp: {} });
  const refused = await reloader.reload();
  expect(refused).toMatchObject({ state: 'refused', problem: expect.stringContaining('htp') as string });
  expect(await readReload(stateDir)).toEqual(refused);
  expect([inForce.length, renewed]).toEqual([1, 0]);
});

test('parts that cannot be opened change nothing either', async () => {
  await write({ gateway: { lane: 'durable' } }, 'unopenable');
  expect((await reloader.reload()).state).toBe('refused');
  expect([inForce.length, renewed, reloader.config().nxs.gateway.lane]).toEqual([1, 0, 'direct']);
});

test('the same files are no reload', async () => {
  expect((await reloader.reload()).state).toBe('unchanged');
  expect([inForce.length, renewed]).toEqual([1, 0]);
  expect(reloader.since() > '2026-01-01T00:00:00.000Z').toBe(true);
});

test('the front first, then the worker; in force is when it polls', async () => {
  await write({ gateway: { lane: 'durable' } });
  expect((await reloader.reload()).state).toBe('applied');
  expect([inForce.length, renewed, reloader.config().nxs.gateway.lane]).toEqual([2, 1, 'durable']);
  reloader.workerReady();
  await until(async () => (await readReload(stateDir))?.state === 'in_force');
});

test('a change of the page alone leaves the worker alone', async () => {
  await write({ http: { port: 8787 } }, 'Other');
  expect((await reloader.reload()).state).toBe('in_force');
  expect([inForce.length, renewed]).toEqual([2, 0]);
});

test('a worker that cannot run with it brings the one before back', async () => {
  await write({ gateway: { lane: 'durable' } });
  const applied = await reloader.reload();
  reloader.workerFailed('temporal.tls: no such file');
  await until(async () => (await readReload(stateDir))?.state === 'rolled_back');
  expect(reloader.config().nxs.gateway.lane).toBe('direct');
  expect(inForce.map(({ nxs }) => nxs.gateway.lane)).toEqual(['direct', 'durable', 'direct']);
  expect((await readReload(stateDir))?.digest).toBe(applied.before);
  expect(said.at(-1)).toContain('in force again');
});

test('a worker that fails later, for another reason, changes nothing', async () => {
  await write({ gateway: { lane: 'durable' } });
  await reloader.reload();
  reloader.workerReady();
  reloader.workerFailed('something else');
  expect((await reloader.reload()).state).toBe('unchanged');
  expect(reloader.config().nxs.gateway.lane).toBe('durable');
});

test('another Temporal waits for a restart, and its files are not looked at before', async () => {
  await write({ temporal: { address: '127.0.0.1:1', tls: { ca: join(scratch.root, 'nowhere.pem') } } });
  const refused = await reloader.reload();

  expect(refused).toMatchObject({ state: 'unchanged' });
  expect(refused.restart).toContain('nxs.yaml: temporal.address (added)');
});
