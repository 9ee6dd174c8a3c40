// A real run whose code has changed under it: it is idle, so nothing would show until it is woken.
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { mkdtemp, readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { taskQueue } from '../../domain/ids.js';
import type { Notice } from '../../domain/notify/notice.js';
import { mendOf } from '../../domain/stuck-run.js';
import { readStuck } from '../../workers/stuck/file.js';
import { findStuck } from '../../workers/stuck/find.js';
import { lookOnce } from '../../workers/stuck/watch.js';
import { until } from '../support/until.js';

const node = `stuck-${randomUUID().slice(0, 8)}`;
let connection: Connection;
let native: NativeConnection;
let client: Client;
let before: string;
let after: string;

const codeOf = async (name: string): Promise<string> => {
  const logger = new DefaultLogger('ERROR');
  const workflowsPath = path.join(import.meta.dirname, `stuck/${name}.ts`);
  return (await bundleWorkflowCode({ workflowsPath, logger })).code;
};

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const address = inject('temporalAddress');
  [connection, native] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  client = new Client({ connection });
  [before, after] = await Promise.all([codeOf('before'), codeOf('after')]);
}, 120_000);
afterAll(async () => {
  await native.close();
  await connection.close();
});

async function running<T>(code: string, work: () => Promise<T>): Promise<T> {
  const worker = await Worker.create({
    connection: native,
    taskQueue: taskQueue(node),
    workflowBundle: { code },
  });
  const done = worker.run();
  try {
    return await work();
  } finally {
    worker.shutdown();
    await done;
  }
}

it('an idle run that the new code cannot go on with is found at the start, said once, and said again when it is over', async () => {
  const id = `nxs/${node}/healing`;
  const start = (type: string, workflowId: string) =>
    client.workflow.start(type, { taskQueue: taskQueue(node), workflowId });
  await running(before, async () => {
    await start('healingLoop', id);
    await start('steady', `nxs/${node}/steady`);
    await until(async () => (await client.workflow.getHandle(id).fetchHistory()).events!.length > 6);
    await until(async () => (await client.workflow.count(`TaskQueue = '${taskQueue(node)}'`)).count === 2);
    expect(await findStuck(client, node)).toEqual([]);
  });
  await running(after, async () => {
    const stateDir = await mkdtemp(path.join(tmpdir(), 'stuck-'));
    const lines: string[] = [];
    const told: Notice[] = [];
    const log = { warn: () => undefined, error: () => undefined };
    const notify = async (notice: Notice): Promise<void> => void told.push(notice);
    const say = (line: string) => void lines.push(line);
    const context = { client, node, stateDir, log, say, notify, signal: new AbortController().signal };
    const found = await lookOnce(context, new Map());
    expect([...found.values()]).toMatchObject([
      { workflow: id, type: 'healingLoop', why: 'replay', reason: expect.stringContaining('TMPRL1100') },
    ]);
    expect(lines).toEqual([expect.stringMatching(/healing cannot go on: .*nxs workflow restart healing/)]);
    await lookOnce(context, found);
    expect(told.map(({ state, level }) => [state, level])).toEqual([['raised', 'critical']]);
    expect((await readStuck(stateDir))?.runs).toHaveLength(1);
    expect(await readFile(path.join(stateDir, 'stuck.json'), 'utf8')).toContain('"v":1');
    await client.workflow.getHandle(id).terminate();
    await until(async () => (await findStuck(client, node)).length === 0);
    await lookOnce(context, found);
    expect(told.at(-1)).toMatchObject({ incident: `workflow/${id}`, state: 'resolved' });
    expect((await readStuck(stateDir))?.runs).toEqual([]);
  });
}, 60_000);

it('each kind of workflow has its own way out', () => {
  const ways = [
    'healingLoop',
    'providerManager',
    'healIncident',
    'completion',
    'restoreFiles',
    'backupAndVerify',
  ];
  const words = ways.map((type) => mendOf(type, 'nxs/home/x'));
  expect(new Set(words).size).toBe(words.length);
  for (const way of words.slice(2))
    expect(way).toContain('nxs temporal workflow terminate --workflow-id nxs/home/x');
});
