// What scripts/cluster-local.sh says without a cluster; with one it is `npm run test:cluster`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compose, ROOT } from '../support/compose-file.js';

type Environment = (service: string, values: Readonly<Record<string, string>>) => Record<string, string>;

function run(...args: readonly string[]) {
  const env = { ...process.env, NXS_CLUSTER_DIR: join(mkdtempSync(join(tmpdir(), 'cluster-')), 'none') };
  return spawnSync('sh', [join(ROOT, 'scripts/cluster-local.sh'), ...args], { env, encoding: 'utf8' });
}

describe('scripts/cluster-local.sh', () => {
  it('explains itself, and refuses a command that it does not have', () => {
    const help = run('--help');
    expect([help.status, help.stdout]).toEqual([
      0,
      expect.stringMatching(/up {2,}start it[^]*down {2,}stop it/),
    ]);
    const wrong = run('start');
    expect([wrong.status, wrong.stderr]).toEqual([
      2,
      expect.stringContaining('usage: scripts/cluster-local.sh'),
    ]);
  });

  it('says that there is none, as text and as JSON, and takes none down', () => {
    const text = run('status');
    expect([text.status, text.stdout]).toEqual([1, expect.stringContaining('there is no cluster in ')]);
    const json = run('status', '--json');
    expect([json.status, JSON.parse(json.stdout)]).toEqual([
      1,
      expect.objectContaining({
        up: false,
        address: null,
        version: compose.services.server.image.split(':')[1],
      }),
    ]);
    expect(run('down').status).toBe(0);
    const kill = run('kill-server');
    expect([kill.status, kill.stderr]).toEqual([2, expect.stringContaining('cluster-local.sh up')]);
  });

  it('takes its settings out of the compose file, with the variables filled', async () => {
    const { environmentOf } = (await import(join(ROOT, 'scripts/cluster/compose-settings.mjs'))) as {
      readonly environmentOf: Environment;
    };
    const server = environmentOf('server', { POSTGRES_PASSWORD: 'p4ss' });
    expect(Object.keys(server)).toEqual(Object.keys(compose.services.server.environment));
    expect(server).toMatchObject({ POSTGRES_PWD: 'p4ss', LOG_LEVEL: 'warn', DB: 'postgres12' });
    expect(environmentOf('namespace', {})['TEMPORAL_NAMESPACE']).toBe('default');
    expect(environmentOf('namespace', { TEMPORAL_NAMESPACE: 'nxs' })['TEMPORAL_NAMESPACE']).toBe('nxs');
    expect(Object.values(server).join()).not.toContain('${');
  });
});
