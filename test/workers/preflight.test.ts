import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../../config/load.js';
import { preflight } from '../../workers/preflight.js';

it('a data directory that the first start makes is no trouble; one that has gone since is', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'nxs-preflight-'));
  const env = {
    PATH: process.env['PATH'],
    NXS_STATE_DIR: path.join(root, 's'),
    NXS_DATA_DIR: path.join(root, 'd'),
  };
  const config = await loadConfig({ env, homedir: root });
  const reading = async () =>
    (await preflight(config, env)).find(({ name }) => name === 'data directory')?.reading;
  expect(await reading()).toBe('good');
  await mkdir(path.join(root, 's'), { mode: 0o700 });
  expect(await reading()).toBe('bad');
  await mkdir(path.join(root, 'd'));
  expect(await reading()).toBe('good');
  await rm(root, { recursive: true });
});
