// The soak itself, begun and cut short; Temporal's program comes from support/temporal-e2e.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import type { SoakReport } from '../../soak/report/model.js';
import { ensureBuilt } from '../support/e2e-cli.js';
import { until } from '../support/until.js';

const MAIN = join(import.meta.dirname, '../../dist/soak/main.js');

let dir = '';
beforeEach(async () => {
  ensureBuilt();
  dir = await mkdtemp(join(tmpdir(), 'nxs-soaked-'));
}, 120_000);
afterEach(() => rm(dir, { recursive: true, force: true }));

it('breaks things, ends clean when it is cut short, and says that it was', async () => {
  const file = join(dir, 'report.json');
  const args = ['--minutes', '10', '--seed', '3', '--only', 'providers,services', '--report', file];
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], HOME: dir, TMPDIR: dir, NXS_TEMPORAL_CLI: inject('temporalCli') },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await until(() => /soak: (provider|service|approval)-/.test(said), 100_000);
  child.kill('SIGTERM');
  expect(await ended, said).toBe(4);
  const report = JSON.parse(await readFile(file, 'utf8')) as SoakReport;
  expect(report).toMatchObject({ version: 1, verdict: 'INCONCLUSIVE', seed: 3, violations: [] });
  expect(report.plan.length).toBeGreaterThan(20);
  expect(report.invariants.find(({ id }) => id === 'truncated')?.checks).toBeGreaterThan(0);
  expect(said).toContain('INCONCLUSIVE: 10 min (cut short)');
  expect(await readdir(dir)).toEqual(['report.json']);
}, 200_000);
