// A node that did its work on an older engine goes on with the pinned one, on the same state directory: a question that waited
// may still be answered, schedules and histories are there. `bash test/support/old-engines.sh DIR` gets the old ones;
// NXS_TEST_OLD_ENGINES=DIR names them.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { TEMPORAL_CLI } from '../../adapters/temporal/artifact.js';
import type { Incident } from '../../domain/healing/incident.js';
import { makePlace } from '../support/e2e-place.js';
import { makeService, type Service } from '../support/e2e-service.js';
import { isAlive, startPlane, type Plane } from '../support/temporal-e2e.js';
import { until } from '../support/until.js';

const DIR = process.env['NXS_TEST_OLD_ENGINES'] ?? '';
const engines = existsSync(DIR) ? readdirSync(DIR).filter((name) => /^temporal-\d/.test(name)) : [];
const cases = engines.flatMap((name) =>
  (['SIGTERM', 'SIGKILL'] as const).map((how) => {
    const version = name.replace('temporal-', '');
    return [`${version} after ${how}`, { version, how }] as const;
  }),
);

const planes: Plane[] = [];
let service: Service | null = null;
afterEach(async () => {
  for (const plane of planes.splice(0)) await plane.dispose();
  service?.end();
});

/** A conversion comes before it, on a machine that may be busy. */
async function ready(plane: Plane): Promise<void> {
  await until(async () => (await plane.get('/readyz').catch(() => null))?.status === 200, 300_000);
}

async function newest(plane: Plane): Promise<Incident | undefined> {
  return ((await plane.get('/api/incidents')).body['incidents'] as readonly Incident[])[0];
}

/** Ids of the schedules of this node, and whether one is paused. */
function schedules(plane: Plane): Promise<Readonly<Record<string, boolean>>> {
  return plane.client(async ({ schedule }) => {
    const found: Record<string, boolean> = {};
    for await (const { scheduleId, state } of schedule.list()) found[scheduleId] = state.paused;
    return found;
  });
}

/** Types and statuses of all runs that the engine knows. */
function runs(plane: Plane): Promise<readonly string[]> {
  return plane.client(async ({ workflow }) => {
    const found: string[] = [];
    for await (const { type, runId, status } of workflow.list())
      found.push(`${type} ${runId} ${status.name}`);
    return found;
  });
}

describe.skipIf(cases.length === 0)('an upgrade of the engine (NXS_TEST_OLD_ENGINES names old ones)', () => {
  it.each(cases)('goes on from %s', async (_case, { version, how }) => {
    const place = await makePlace();
    writeFileSync(join(place.dataDir, 'MEMORY.md'), '# Memory\n');
    service = await makeService(place.root);
    const healing = {
      interval: '5s',
      services: [service.entry],
      levels: { 5: { permission: 'approve', sh: service.rescue } },
      approvals: { approvers: ['ops'], expires_after: '1h' },
      limits: { cooldown: '100ms', per_hour: 1000, per_day: 1000, recurrences: 1000 },
    };
    writeFileSync(join(place.configDir, 'healing.yaml'), JSON.stringify({ healing }));
    await service.start();
    const old = await startPlane({ place, env: { NXS_TEMPORAL_CLI: join(DIR, `temporal-${version}`) } });
    planes.push(old);
    await ready(old);
    expect((await old.nxs('backup', 'run')).code).toBe(0);
    await old.nxs('temporal', 'schedule', 'toggle', '--pause', '--schedule-id', 'nxs-home-verify');
    service.set('broken');
    await service.kill();
    const { id } = await until(async () => {
      const found = await newest(old);
      return found !== undefined && found.asked !== null ? found : null;
    }, 120_000);
    const before = { schedules: await schedules(old), runs: await runs(old) };
    expect(before.schedules['nxs-home-verify']).toBe(true);
    const { pids } = await old.run();
    await old.stop(how);
    if (how === 'SIGKILL') process.kill(pids.temporal ?? 0, 'SIGKILL');
    await until(() => !isAlive(pids.worker) && !isAlive(pids.temporal), 60_000);

    const fresh = await startPlane({ place, env: { NXS_TEMPORAL_CLI: inject('temporalCli') } });
    planes.push(fresh);
    await ready(fresh);
    expect(fresh.output()).toContain(
      `Temporal is ${TEMPORAL_CLI.version} now; its database, written by ${version}`,
    );
    expect(await schedules(fresh)).toEqual(before.schedules);
    const after = await runs(fresh);
    const finished = before.runs.filter((line) => !line.endsWith('RUNNING'));
    expect(after).toEqual(expect.arrayContaining(finished));
    const approved = await fresh.nxs('approve', id, '--by', 'ops', '--reason', 'after the upgrade');
    expect([approved.code, approved.stdout]).toEqual([0, expect.stringContaining('Approved by ops')]);
    const ended = await until(async () => {
      const found = await newest(fresh);
      return found?.id === id && found.ended !== null ? found : null;
    }, 120_000);
    expect([ended.state, service.runs('rescue')]).toEqual(['healed', 1]);
    expect((await fresh.nxs('backup', 'run')).code).toBe(0);
    expect((await fresh.nxs('journal', 'verify')).code).toBe(0);
    const history = await fresh.nxs(
      'temporal',
      'workflow',
      'show',
      '--workflow-id',
      `nxs/home/incident/${id}`,
    );
    expect(history.stdout).toContain('WorkflowExecutionCompleted');

    // The way back: an older engine is refused before it opens the file; the copy that was made serves it again.
    await fresh.stop();
    const env = { NXS_TEMPORAL_CLI: join(DIR, `temporal-${version}`), PATH: '/usr/bin:/bin' };
    const list = (await fresh.nxs('temporal-db', 'list', '--json')).json();
    expect(list).toMatchObject({ version: TEMPORAL_CLI.version, copies: [{ from: version }] });
    expect((await fresh.nxs('temporal-db', 'restore')).code).toBe(0);
    expect((await readFile(join(place.stateDir, 'temporal/version'), 'utf8')).trim()).toBe(version);
    const back = await startPlane({ place, env });
    planes.push(back);
    await ready(back);
    expect(await schedules(back)).toEqual(before.schedules);
  });
});
