// Temporal's worker versioning with two builds on one task queue, on the pinned engine. It shows why a node does not use it:
// docs/decisions/0008-upgrades-in-place.md. Whoever runs two builds at once finds here what the server does.
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { until } from '../support/until.js';

const taskQueue = `versioning-${randomUUID()}`;
const deploymentName = `nxs-${randomUUID().slice(0, 8)}`;
let connection: Connection;
let native: NativeConnection;
let client: Client;
let code: string;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const address = inject('temporalAddress');
  [connection, native] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  client = new Client({ connection });
  const workflowsPath = path.join(import.meta.dirname, 'versioning/build.ts');
  ({ code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }));
}, 120_000);
afterAll(async () => {
  for (const stop of stops) await stop();
  await native.close();
  await connection.close();
});

async function startWorker(
  buildId: string,
  behaviour: 'PINNED' | 'AUTO_UPGRADE',
): Promise<() => Promise<void>> {
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowBundle: { code },
    activities: { build: () => Promise.resolve(buildId) },
    workerDeploymentOptions: {
      useWorkerVersioning: true,
      version: { deploymentName, buildId },
      defaultVersioningBehavior: behaviour,
    },
    stickyQueueScheduleToStartTimeout: '1s',
  });
  const done = worker.run();
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    worker.shutdown();
    await done;
  };
  stops.push(stop);
  return stop;
}

/** New runs go to this build from now on; the server takes it when it has seen the worker poll. */
function makeCurrent(buildId: string): Promise<unknown> {
  const { namespace } = client.options;
  return until(
    () =>
      client.workflowService
        .setWorkerDeploymentCurrentVersion({
          namespace,
          deploymentName,
          buildId,
          ignoreMissingTaskQueues: true,
        })
        .then(
          () => true,
          () => false,
        ),
    30_000,
  );
}

async function look(handle: WorkflowHandle): Promise<string | undefined> {
  const before = (await handle.query<readonly string[]>('seen')).length;
  await handle.signal('look');
  return until(async () => {
    const seen = await handle.query<readonly string[]>('seen');
    return seen.length > before ? seen.at(-1) : undefined;
  }, 30_000);
}

const start = (type: string): Promise<WorkflowHandle> =>
  client.workflow.start(type, { taskQueue, workflowId: `${type}-${randomUUID()}` });

it('a pinned run stays with its build, new ones go to the new build, and an upgrading one moves over', async () => {
  const stopPinned = await startWorker('one', 'PINNED');
  await makeCurrent('one');
  const old = await start('pinned');
  expect(await look(old)).toBe('one');
  await startWorker('two', 'AUTO_UPGRADE');
  await makeCurrent('two');
  const fresh = await start('upgrading');
  expect(await look(fresh)).toBe('two');
  expect(await look(old)).toBe('one');
  await startWorker('three', 'AUTO_UPGRADE');
  expect(await look(fresh)).toBe('two');
  await makeCurrent('three');
  await until(async () => (await look(fresh)) === 'three', 30_000);
  // What a node does at every upgrade: the old build is gone. A pinned run then waits for it, and nothing says so.
  await stopPinned();
  await old.signal('look');
  await expect(
    client.withDeadline(Date.now() + 5_000, () => old.query<readonly string[]>('seen')),
  ).rejects.toThrow('Failed to query Workflow');
  expect((await old.describe()).status.name).toBe('RUNNING');
}, 120_000);
