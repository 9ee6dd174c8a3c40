// `nxs drill` as a person runs it, whole; Temporal's program comes from support/temporal-e2e.
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import type { DrillReport } from '../../drill/report/model.js';
import { ensureBuilt, nxs, spawnNxs, collect } from '../support/e2e-cli.js';
import { until } from '../support/until.js';

let dir = '';
beforeEach(async () => {
  ensureBuilt();
  dir = await mkdtemp(join(tmpdir(), 'nxs-drilled-'));
}, 120_000);
afterEach(() => rm(dir, { recursive: true, force: true }));

const env = () => ({ HOME: dir, TMPDIR: dir, NXS_TEMPORAL_CLI: inject('temporalCli') });

it('proves a failover, writes the report and leaves nothing behind', async () => {
  const file = join(dir, 'report.html');
  const said = await nxs(
    ['drill', '--only', 'provider-refused', '--seed', '7', '--report', file, '--json'],
    env(),
  );
  const report = said.json() as unknown as DrillReport;
  expect(report.scenarios).toMatchObject([
    { group: 'failover', name: 'provider-refused', verdict: 'PASS', injected: false },
  ]);
  expect(report.scenarios[0]?.proof).toContain('ECONNREFUSED');
  expect(report).toMatchObject({ version: 1, verdict: 'PASS', seed: 7, broken: null });
  expect(report.kpis.find(({ id }) => id === 'failover_time')).toMatchObject({ verdict: 'met' });
  expect(said.code).toBe(0);
  expect(await readFile(file, 'utf8')).toContain('provider-refused');
  expect(await readdir(dir)).toEqual(['report.html']);
}, 120_000);

it('fails when the healer only says that it heals', async () => {
  const said = await nxs(['drill', '--only', 'service-killed', '--break', 'healer', '--json'], env());
  const report = said.json() as unknown as DrillReport;
  expect(report.scenarios).toMatchObject([{ group: 'healing', verdict: 'FAIL' }]);
  expect(report.scenarios[0]?.detail).toContain('the service does not answer');
  expect(report).toMatchObject({ verdict: 'FAIL', broken: 'healer' });
  expect(said.code).toBe(1);
}, 180_000);

it('ends everything that it started when it is interrupted', async () => {
  const child = spawnNxs(['drill', '--only', 'failover'], env());
  const ended = collect(child);
  await until(() => holding(dir).length > 2);
  child.kill('SIGTERM');
  expect((await ended).code).toBe(143);
  expect(holding(dir)).toEqual([]);
  expect(await readdir(dir)).toEqual([]);
}, 120_000);

it('names the scenarios that there are when one is asked for that is not', async () => {
  const { code, stderr } = await nxs(['drill', '--only', 'earthquake'], env());
  expect(code).toBe(2);
  expect(stderr).toMatch(/no "earthquake"[\s\S]*failover: provider-refused/);
});

/** Processes with a path below the directory in their environment, but for the drill itself. */
function holding(path: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${path}/`);
    } catch {
      return false;
    }
  });
}
