// A service killed for real, with a healer that heals and one that only says so; Temporal's program comes from support/temporal-e2e.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, inject, it } from 'vitest';
import { openKit, type OpenKit } from '../../drill/kit.js';
import { countedCommand } from '../../drill/healing/command.js';
import { lookFor, stays } from '../../drill/healing/look.js';
import { openSetting } from '../../drill/healing/setting.js';
import { restartFails } from '../../drill/healing/restart-fails.js';
import { serviceKilled } from '../../drill/healing/service-killed.js';
import { ensureBuilt, nxs } from '../support/e2e-cli.js';

let kit: OpenKit | null = null;

beforeAll(ensureBuilt, 120_000);
afterEach(() => kit?.close());

async function opened(broken: boolean) {
  kit = await openKit({ name: 'healing', program: inject('temporalCli'), broken });
  return openSetting(kit);
}

it('a killed service is brought back, and a restart that fails ends at a question', async () => {
  const setting = await opened(false);
  expect(await serviceKilled.steady(setting)).toBeNull();
  const killed = await serviceKilled.play(setting);
  expect(killed).toMatchObject({ verdict: 'PASS', injected: false });
  expect(killed.proof).toContain('ECONNREFUSED');
  expect(killed.incidents).toHaveLength(1);
  const { fault = 0, detected, verified } = killed.times ?? {};
  expect(detected).toBeGreaterThan(fault);
  expect(verified).toBeGreaterThan(fault);
  expect(await restartFails.steady(setting)).toBeNull();
  const failed = await restartFails.play(setting);
  expect(failed).toMatchObject({ verdict: 'PASS' });
  // As it was found.
  expect(await restartFails.steady(setting)).toBeNull();
}, 150_000);

it('a healer that says done and does nothing fails', async () => {
  const setting = await opened(true);
  expect(await serviceKilled.steady(setting)).toBeNull();
  const { verdict, detail, incidents } = await serviceKilled.play(setting);
  expect([verdict, detail]).toEqual(['FAIL', expect.stringContaining('the service does not answer')]);
  expect(incidents).toHaveLength(1);
  expect(await serviceKilled.steady(setting)).toBeNull();
}, 150_000);

it('a command of a playbook is counted, and a broken one says the same and does nothing', async () => {
  for (const broken of [false, true]) {
    kit = await openKit({ name: 'healing', program: process.execPath, broken });
    const marked = join(kit.dir, 'mark');
    const mark = await countedCommand(kit, 'mark', [`echo x >"${marked}"`]);
    const child = await kit.spawn('mark', mark.argv);
    await child.ended;
    expect(await mark.runs()).toBe(broken ? 0 : 1);
    await kit.close();
  }
});

it('what does not come is null, and what comes is given', async () => {
  expect(await lookFor(100, () => null)).toBeNull();
  let looks = 0;
  expect(await lookFor(5_000, () => (looks += 1) > 2 && 'there')).toBe('there');
  expect(await stays(100, () => true)).toBe(true);
  expect(await stays(5_000, () => (looks += 1) < 6)).toBe(false);
  await expect(lookFor(5_000, () => Promise.reject(new Error('blind')))).rejects.toThrow('blind');
});

it('a question is denied in a drill of its own', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'nxs-drilled-'));
  const env = { HOME: dir, TMPDIR: dir, NXS_TEMPORAL_CLI: inject('temporalCli') };
  const { stdout, stderr } = await nxs(['drill', '--only', 'approval-denied', '--json'], env);
  const { scenarios } = JSON.parse(stdout) as { readonly scenarios: readonly object[] };
  expect(scenarios, stderr).toMatchObject([{ group: 'approval', verdict: 'PASS' }]);
  await rm(dir, { recursive: true, force: true });
}, 120_000);
