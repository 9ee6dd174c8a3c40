import { Client, Connection } from '@temporalio/client';
import { mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { taskQueue } from '../../domain/ids.js';
import type { RunFile } from '../../workers/run-file.js';
import { randomPorts, startControlPlane, type ControlPlane } from '../support/temporal-plane.js';
import { until } from '../support/until.js';

describe('a running control plane', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane();
    await plane.ready();
  }, 120_000);
  afterAll(() => plane.dispose());

  it('writes run.json with its pids and addresses, owner-only', async () => {
    const run = await plane.run();
    const contract = ['pid', 'pids', 'node', 'http', 'temporal', 'ui', 'started'];
    expect(Object.keys(run)).toEqual([...contract, 'version', 'build']);
    expect(run).toMatchObject({ pid: plane.process.pid, node: 'test' });
    expect(run.temporal).toMatch(/^127\.0\.0\.1:\d+$/);
    expect((await fetch(String(run.ui))).status).toBe(200);
    expect(new Date(run.started).toISOString()).toBe(run.started);
    for (const file of ['run.json', 'lock', 'temporal/temporal.db', 'logs/worker.log', 'logs/temporal.log'])
      expect([file, (await stat(join(plane.stateDir, file))).mode & 0o077]).toEqual([file, 0]);
  });

  it('runs workflows with activities in UTC', async () => {
    expect(await hello(plane)).toMatch(/^from \d+ in UTC$/);
  });

  it('refuses a second one on the same state directory with the pid of the first', async () => {
    const second = await startControlPlane({ stateDir: plane.stateDir });
    expect(await second.exit()).toMatchObject({ code: 2 });
    expect(second.output()).toMatch(/^ALREADY_RUNNING: /m);
    expect(second.output()).toContain(`process ${String(plane.process.pid)}`);
    expect((await plane.run()).pid).toBe(plane.process.pid);
    expect((await plane.get('/readyz')).status).toBe(200);
  });

  it('starts a killed worker again while the front stays up', async () => {
    const before = await plane.run();
    process.kill(worker(before), 'SIGKILL');
    expect((await plane.get('/healthz')).status).toBe(200);
    const after = await until(async () => {
      const run = await plane.run();
      return run.pids.worker !== null && run.pids.worker !== before.pids.worker ? run : null;
    });
    expect(after.pids.temporal).toBe(before.pids.temporal);
    await plane.ready();
    expect(await hello(plane)).toContain(`from ${String(after.pids.worker)} `);
    expect(plane.output()).toMatch(/the worker was ended by SIGKILL; starting it again in \d+ ms/);
    const { body } = await plane.get('/api/status');
    expect(body['restarts']).toMatchObject({ worker: expect.any(Number) as number });
  });

  it('starts a killed Temporal again on the same ports with what it knew', async () => {
    const before = await plane.run();
    const id = `kept-${Date.now()}`;
    await withClient(before, async (client) => {
      await client.workflow.start('hello', { taskQueue: taskQueue('test'), workflowId: id });
      await client.workflow.getHandle(id).result();
    });
    process.kill(before.pids.temporal ?? 0, 'SIGKILL');
    expect((await plane.get('/healthz')).status).toBe(200);
    await until(async () => {
      const { pids } = await plane.run();
      return pids.temporal !== null && pids.temporal !== before.pids.temporal;
    });
    await plane.ready();
    const after = await plane.run();
    expect(after).toMatchObject({ temporal: before.temporal, ui: before.ui });
    expect(after.pids.temporal).not.toBe(before.pids.temporal);
    const result: unknown = await withClient(after, (client) => client.workflow.getHandle(id).result());
    expect(result).toMatch(/^from/);
    expect(await hello(plane)).toMatch(/^from/);
  }, 120_000);
});

describe('a Temporal that hangs', () => {
  it('makes /readyz say that Temporal is what is missing, until it answers again', async () => {
    const plane = await startControlPlane();
    try {
      await plane.ready();
      const { pids } = await plane.run();
      process.kill(pids.temporal ?? 0, 'SIGSTOP');
      const { body } = await until(async () => {
        const answer = await plane.get('/readyz');
        return answer.status === 503 ? answer : null;
      });
      expect(body).toMatchObject({ ready: false, checks: { config: true, worker: true, temporal: false } });
      expect((await plane.get('/healthz')).status).toBe(200);
      process.kill(pids.temporal ?? 0, 'SIGCONT');
      await plane.ready();
    } finally {
      await plane.dispose();
    }
  }, 120_000);
});

describe('stopping', () => {
  it('lets a running activity finish, ends with 0 and leaves nothing behind', async () => {
    const plane = await startControlPlane();
    try {
      await plane.ready();
      const run = await plane.run();
      const mark = join(plane.stateDir, 'mark');
      await withClient(run, (client) =>
        client.workflow.start('long', { taskQueue: taskQueue('test'), workflowId: 'l', args: [1500, mark] }),
      );
      await until(() => readFile(`${mark}.begun`, 'utf8'));
      plane.process.kill('SIGTERM');
      plane.process.kill('SIGINT');
      expect(await plane.exit()).toEqual({ code: 0, signal: null });
      expect(await readFile(`${mark}.done`, 'utf8')).toBe(String(run.pids.worker));
      expectGone(run);
      expect((await readdir(plane.stateDir)).sort()).toEqual([
        'instance',
        'journal',
        'logs',
        'mark.begun',
        'mark.done',
        'temporal',
      ]);
      await expect(fetch(`${run.http}/healthz`)).rejects.toThrow();
    } finally {
      await plane.dispose();
    }
  }, 120_000);

  it('ends at once on a second signal, and leaves nothing behind either', async () => {
    const plane = await startControlPlane();
    try {
      await plane.ready();
      const run = await plane.run();
      const mark = join(plane.stateDir, 'mark');
      await withClient(run, (client) =>
        client.workflow.start('long', {
          taskQueue: taskQueue('test'),
          workflowId: 'l',
          args: [60_000, mark],
        }),
      );
      await until(() => readFile(`${mark}.begun`, 'utf8'));
      plane.process.kill('SIGINT');
      const first = Date.now();
      await until(() => Date.now() - first > 1100);
      plane.process.kill('SIGINT');
      expect(await plane.exit()).toEqual({ code: 130, signal: null });
      await until(() => isGone(run));
      expect((await readdir(plane.stateDir)).sort()).toEqual([
        'instance',
        'journal',
        'logs',
        'mark.begun',
        'temporal',
      ]);
    } finally {
      await plane.dispose();
    }
  }, 120_000);

  it('ends with 0 when the signal comes in the middle of the start', async () => {
    const plane = await startControlPlane();
    try {
      const run = await plane.run();
      plane.process.kill('SIGTERM');
      expect(await plane.exit()).toEqual({ code: 0, signal: null });
      await until(() => isGone(run));
      expect(await readdir(plane.stateDir)).not.toContain('run.json');
    } finally {
      await plane.dispose();
    }
  }, 120_000);
});

describe('starting', () => {
  it('takes over after kill -9: the worker has gone by itself, the old engine is ended first', async () => {
    const first = await startControlPlane();
    try {
      await first.ready();
      const run = await first.run();
      first.process.kill('SIGKILL');
      await first.exit();
      await until(() => !exists(worker(run)));
      const second = await startControlPlane({ stateDir: first.stateDir });
      await second.ready();
      // Ended before the second one began; its entry goes when init has reaped it.
      await until(() => !exists(run.pids.temporal ?? 0));
      expect((await second.run()).pid).toBe(second.process.pid);
      expect(await hello(second)).toMatch(/^from/);
      await second.dispose();
    } finally {
      await first.dispose();
    }
  }, 120_000);

  it('says so and takes the next free ports when the wanted ones are taken', async () => {
    const ports = randomPorts();
    const first = await startControlPlane({ ports });
    const second = await startControlPlane({ ports });
    try {
      await Promise.all([first.ready(), second.ready()]);
      const [one, two] = [await first.run(), await second.run()];
      expect(new Set([one.http, two.http, one.ui, two.ui, one.temporal, two.temporal]).size).toBe(6);
      expect(first.output() + second.output()).toMatch(/port \d+ is taken; Temporal is on port \d+/);
      expect(first.output() + second.output()).toMatch(
        /port \d+ is taken; gateway and dashboard are on port/,
      );
    } finally {
      await Promise.all([first.dispose(), second.dispose()]);
    }
  }, 120_000);

  it('lists every source and ends with 3 when Temporal is nowhere to be had', async () => {
    const bin = await mkdtemp(join(tmpdir(), 'bin-'));
    const plane = await startControlPlane({
      env: {
        NXS_TEMPORAL_CLI: '/nowhere/temporal',
        PATH: bin,
        // fetch() of the child would look the download service up; an unusable cache keeps it from that.
        XDG_CACHE_HOME: await unusable(),
      },
    });
    try {
      expect(await plane.exit()).toMatchObject({ code: 3 });
      expect(plane.output()).toContain('ENGINE_UNAVAILABLE');
      for (const source of ['environment', 'PATH', 'cache', 'temporal.download', 'PyPI wheel'])
        expect(plane.output()).toContain(`- ${source}: `);
      expect(await readdir(plane.stateDir)).not.toContain('lock');
    } finally {
      await plane.dispose();
    }
  }, 120_000);

  it('sets the database up anew when its very first set-up was cut short', async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'nxs-plane-'));
    await mkdir(join(stateDir, 'temporal'));
    await writeFile(join(stateDir, 'temporal', 'temporal.db'), '');
    const plane = await startControlPlane({ stateDir });
    try {
      await plane.ready();
      expect(plane.output()).toContain('set up anew');
      expect(await hello(plane)).toMatch(/^from/);
    } finally {
      await plane.dispose();
    }
  }, 120_000);
});

async function hello(plane: ControlPlane): Promise<string> {
  return withClient(await plane.run(), (client) =>
    client.workflow.execute<() => Promise<string>>('hello', {
      taskQueue: taskQueue('test'),
      workflowId: `hello-${Math.random()}`,
    }),
  );
}

async function withClient<T>(run: RunFile, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: run.temporal });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

function worker(run: RunFile): number {
  if (run.pids.worker === null) throw new Error('no worker');
  return run.pids.worker;
}

function isGone({ pid, pids }: RunFile): boolean {
  return [pid, pids.worker, pids.temporal].every((each) => each === null || !exists(each));
}

function expectGone(run: RunFile): void {
  expect(isGone(run)).toBe(true);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function unusable(): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'cache-')), 'file');
  await writeFile(file, '');
  return file;
}
