// What a running control plane shows to the outside: run.json, HTTP, Temporal's schedules, ids, attributes, queries.
import type { Client } from '@temporalio/client';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nxs } from '../support/e2e-cli.js';
import { gitFiles } from '../support/e2e-git.js';
import { destinations, digests, fill, filesIn, makePlace } from '../support/e2e-place.js';
import { onCluster } from '../support/temporal-cluster.js';
import { isAlive, startPlane, type Plane } from '../support/temporal-e2e.js';
import { openAgent } from '../support/mcp-client.js';
import { until } from '../support/until.js';

const SCHEDULES = [
  'nxs-home-backup',
  'nxs-home-backup-hourly',
  'nxs-home-restore-drill',
  'nxs-home-sync',
  'nxs-home-verify',
];

let plane: Plane;
beforeAll(async () => {
  const place = await makePlace(({ root }) =>
    destinations(
      '{ name: local, type: git, path: "${NXS_STATE_DIR}/backup.git" }',
      `{ name: usb, type: git, path: "${root}/usb/nxs.git" }`,
      '{ name: github, type: github, owner: me, repo: nxs, branch: main, token: "${NXS_E2E_UNSET_TOKEN}" }',
    ),
  );
  await fill(place.dataDir, { 'MEMORY.md': '# Memory', 'memory/a.md': 'a', 'memory/b.md': 'b' });
  plane = await startPlane({ place });
  await plane.ready();
  await until(() => plane.output().includes('backup of 3 files'), 60_000);
}, 120_000);
afterAll(() => plane.dispose());

function scheduleIds(client: Client): Promise<string[]> {
  return until(async () => {
    const ids: string[] = [];
    for await (const { scheduleId } of client.schedule.list()) ids.push(scheduleId);
    return ids.length >= SCHEDULES.length ? ids.sort() : null;
  });
}

it('the agent asks for a backup over MCP, which runs under its name, and not for two in a row', async () => {
  const agent = await openAgent(plane.place.env);
  const { result } = await agent.call('request_backup');
  expect(result['workflow']).toMatch(/^nxs\/home\/backup\/agent-/);
  await until(async () => {
    const { result: view } = await agent.call('backup_status');
    return (view['last_run'] as { trigger: string } | null)?.trigger === 'agent';
  }, 60_000);
  expect((await agent.call('request_backup')).refused).toMatch(/may be asked for in \d+ s/);
  await agent.close();
}, 120_000);

it('an idle node keeps two polls of each kind open at Temporal: they are what a fleet costs first', async () => {
  const polls = await until(async () => {
    const { http } = await plane.run();
    const text = await (await fetch(`${http}/metrics`)).text();
    const found = text.matchAll(/^temporal_num_pollers\{poller_type="(\w+)"\} (\d+)$/gm);
    const counts = new Map([...found].map(([, type = '', count]) => [type, Number(count)]));
    return counts.size >= 3 ? Object.fromEntries(counts) : null;
  });
  expect(polls).toEqual({ workflow_task: 1, sticky_workflow_task: 1, activity_task: 2 });
}, 60_000);

describe('three destinations, one without its token', () => {
  it('the two are proved and hold the same bytes, the third is not configured and keeps the run from green', async () => {
    const run = await plane.nxs('backup', 'run', '--json');
    expect(run.code).toBe(1);
    const record = run.json() as {
      outcome: string;
      destinations: { name: string; state: string; note: string }[];
    };
    expect(record.outcome).toBe('not_green');
    expect(record.destinations.map(({ name, state }) => [name, state])).toEqual([
      ['local', 'proved'],
      ['usb', 'proved'],
      ['github', 'not_configured'],
    ]);
    expect(record.destinations[2]?.note).toContain('NXS_E2E_UNSET_TOKEN');
    const files = digests(await filesIn(plane.place.dataDir));
    for (const store of [plane.place.store, join(plane.place.root, 'usb/nxs.git')])
      expect(digests(gitFiles(store) as Map<string, Buffer>)).toEqual(files);
  }, 60_000);

  it('verification of one of them alone can be green, of the unconfigured one it is a usage error', async () => {
    expect((await plane.nxs('backup', 'verify', '--full', '--destination', 'usb')).code).toBe(0);
    expect((await plane.nxs('backup', 'verify', '--full')).code).toBe(1);
    const none = await plane.nxs('backup', 'verify', '--destination', 'nowhere', '--json');
    expect(none.code).toBe(2);
    expect(none.json()).toMatchObject({
      error: { code: 'USAGE', message: expect.stringContaining('"nowhere"') as string },
    });
  }, 60_000);

  it('each can be restored from by name', async () => {
    const to = join(plane.place.root, 'from-usb');
    const restored = await plane.nxs('backup', 'restore', '--destination', 'usb', '--to', to, '--json');
    expect(restored.json()).toMatchObject({
      restored: 3,
      unverified: 0,
      source: expect.stringMatching(/^usb /) as string,
    });
    expect(digests(await filesIn(to))).toEqual(digests(await filesIn(plane.place.dataDir)));
  }, 60_000);
});

describe('to the outside', () => {
  it('run.json is the contract: exactly these keys, the processes alive', async () => {
    const run = await plane.run();
    const contract = ['pid', 'pids', 'node', 'http', 'temporal', 'ui', 'started'];
    expect(Object.keys(run)).toEqual([...contract, 'version', 'build', 'configured']);
    expect(Object.keys(run.pids)).toEqual(['worker', 'temporal']);
    expect(run).toMatchObject({ pid: plane.process.pid, node: 'home' });
    for (const pid of [run.pid, run.pids.worker]) expect(isAlive(pid)).toBe(true);
    // On a cluster there is no engine of its own.
    expect(isAlive(run.pids.temporal)).toBe(!onCluster);
  });

  it('/readyz names its checks, /api/status tells of every destination', async () => {
    expect(await plane.get('/readyz')).toEqual({
      status: 200,
      body: {
        ready: true,
        checks: { config: true, worker: true, temporal: true, payloads: true, breakers: true },
      },
    });
    const { body } = await plane.get('/api/status');
    const backup = body['backup'] as { destinations: { name: string; state: string }[] };
    expect(backup.destinations.map(({ name }) => name)).toEqual(['local', 'usb', 'github']);
  });

  it('a second one on the same state directory is refused with the pid of the first', async () => {
    const second = await nxs(['up'], plane.env);
    expect(second.code).toBe(2);
    expect(second.stdout + second.stderr).toContain(String(plane.process.pid));
    expect((await plane.get('/readyz')).status).toBe(200);
  }, 30_000);

  it('nxs temporal speaks to our server', async () => {
    const listed = await plane.nxs(
      'temporal',
      'workflow',
      'list',
      '--query',
      'NxsKind="backup"',
      '--output',
      'json',
    );
    expect(listed.code, listed.stderr).toBe(0);
    expect(listed.stdout).toContain('nxs/home/backup/start-');
  }, 30_000);
});

describe('in Temporal', () => {
  it('a run has the id, the queue, the attributes, the summary and the details that a reader needs', async () => {
    const run = await plane.nxs('backup', 'run', '--json');
    const { workflow_id: id } = run.json() as { workflow_id: string };
    expect(id).toMatch(/^nxs\/home\/backup\/cli-\d{8}T/);
    await plane.client(async (client) => {
      const handle = client.workflow.getHandle(id);
      const seen = await handle.describe();
      expect([seen.type, seen.taskQueue, seen.status.name]).toEqual([
        'backupAndVerify',
        'nxs-home',
        'FAILED',
      ]);
      expect(await seen.staticSummary()).toContain(plane.place.dataDir);
      const attributes = seen.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]);
      expect(Object.fromEntries(attributes)).toMatchObject({
        NxsNode: 'home',
        NxsKind: 'backup',
        NxsOutcome: 'not_green',
      });
      const status = await handle.query<{ phase: string; since: string; detail: string }>('status');
      expect(status.phase).toBe('not_green');
      expect(status.detail).toContain('local: 3 verified');
      expect(new Date(status.since).toISOString()).toBe(status.since);
      await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'BACKUP_NOT_GREEN' } });
    });
  }, 60_000);

  it('the five schedules are there under their ids, on our queue, and skip when one still runs', async () => {
    await plane.client(async (client) => {
      expect(await scheduleIds(client)).toEqual(SCHEDULES);
      for (const id of SCHEDULES) {
        const { action, policies, state } = await client.schedule.getHandle(id).describe();
        expect(action).toMatchObject({
          taskQueue: 'nxs-home',
          workflowId: expect.stringMatching(/^nxs\/home\//) as string,
        });
        expect(policies.overlap).toBe('SKIP');
        expect(state.paused).toBe(false);
      }
    });
  }, 30_000);

  it('the hourly check starts a backup when the last proved one is too old, and not before', async () => {
    await plane.client(async (client) => {
      const check = async () => {
        const before = new Set(await childrenOf(client));
        await client.schedule.getHandle('nxs-home-backup-hourly').trigger();
        const done = await until(async () => {
          for await (const { workflowId, status, startTime } of client.workflow.list({
            query: 'NxsKind="access-check"',
          }))
            if (startTime.getTime() > since && status.name !== 'RUNNING') return workflowId;
          return null;
        }, 40_000);
        expect(done).toMatch(/^nxs\/home\/access-check\/scheduled-/);
        return (await childrenOf(client)).filter((id) => !before.has(id));
      };
      let since = Date.now() - 1;
      expect(await check()).toEqual([]);
      // Its proofs forgotten, a destination was never proved: that is too old.
      await rm(join(plane.place.stateDir, 'backup/proofs'), { recursive: true });
      since = Date.now() - 1;
      const started = await check();
      expect(started.length).toBe(1);
      expect(started[0]).toMatch(/^nxs\/home\/backup\/recency-/);
      const result = await client.workflow
        .getHandle(started[0] ?? '')
        .result()
        .catch((error: unknown) => error);
      expect(JSON.stringify(result)).not.toBe('null');
    });
  }, 90_000);
});

async function childrenOf(client: Client): Promise<string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: 'WorkflowType="backupAndVerify"' }))
    if (workflowId.includes('/recency-')) ids.push(workflowId);
  return ids;
}

describe('a restart', () => {
  it('ends with 0, leaves nothing running, keeps the schedules and what a person did to them', async () => {
    await plane.client((client) => client.schedule.getHandle('nxs-home-verify').pause('by hand'));
    const before = await plane.run();
    expect(await plane.stop('SIGINT')).toBe(0);
    for (const pid of [before.pid, before.pids.worker, before.pids.temporal])
      expect(isAlive(pid)).toBe(false);
    expect(existsSync(join(plane.place.stateDir, 'run.json'))).toBe(false);
    // Another interval, so that the schedule has to be written anew, not only left alone.
    const manifest = join(plane.place.configDir, 'backup-manifest.yaml');
    await writeFile(manifest, `${await readFile(manifest, 'utf8')}  verify: { every: 30m, within: 7d }\n`);
    plane = await startPlane({ place: plane.place });
    const early = await plane.get('/readyz').catch(() => null);
    if (early !== null && early.status !== 200)
      expect(early).toMatchObject({ status: 503, body: { ready: false, checks: { config: true } } });
    await plane.ready();
    await plane.client(async (client) => {
      expect(await scheduleIds(client)).toEqual(SCHEDULES);
      const verify = client.schedule.getHandle('nxs-home-verify');
      await until(async () => (await verify.describe()).spec.intervals?.[0]?.every === 1_800_000);
      expect((await verify.describe()).state.paused).toBe(true);
      expect((await client.schedule.getHandle('nxs-home-backup').describe()).state.paused).toBe(false);
    });
  }, 120_000);
});
