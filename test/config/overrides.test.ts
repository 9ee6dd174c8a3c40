import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load.js';

async function load(env: NodeJS.ProcessEnv) {
  const homedir = await mkdtemp(path.join(tmpdir(), 'nxs-overrides-'));
  return loadConfig({ env, homedir });
}

describe('what nxs up says on its command line', () => {
  it('makes Temporal an external one and moves the port', async () => {
    const { nxs } = await load({ NXS_TEMPORAL_ADDRESS: 'cloud:7233', NXS_HTTP_PORT: '0' });
    expect(nxs.temporal).toEqual({
      mode: 'external',
      address: 'cloud:7233',
      namespace: 'default',
      ui_url: null,
      tls: null,
      api_key: null,
    });
    expect(nxs.http.port).toBe(0);
  });

  it.each([
    [{ NXS_TEMPORAL_ADDRESS: 'cloud' }, 'NXS_TEMPORAL_ADDRESS'],
    [{ NXS_HTTP_PORT: '70000' }, 'NXS_HTTP_PORT'],
  ])('refuses %j by name', async (env, name) => {
    await expect(load(env)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(name) as string,
    });
  });
});
