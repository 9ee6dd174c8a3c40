// The life of a change to a workflow, with histories made by a real server: each state of the code against the runs of each other one.
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { PATCHES, type Patch } from '../../workflows/patches.js';

type State = 'original' | 'careless' | 'guarded' | 'settled' | 'removed';

let code = '';
const made = new Map<State, string>();
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const workflowsPath = path.join(import.meta.dirname, 'patches/greeting.ts');
  ({ code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }));
  const address = inject('temporalAddress');
  const [connection, native] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  const { workflow } = new Client({ connection });
  const taskQueue = `patches-${randomUUID()}`;
  const worker = await Worker.create({ connection: native, taskQueue, workflowBundle: { code } });
  const running = worker.run();
  closing.push(async () => {
    worker.shutdown();
    await running;
    await native.close();
    await connection.close();
  });
  const { historyToJSON } = createRequire(import.meta.url)('@temporalio/common/lib/proto-utils') as {
    historyToJSON: (history: unknown) => string;
  };
  for (const state of ['original', 'guarded', 'settled', 'removed'] as const) {
    const handle = await workflow.start(state, { taskQueue, workflowId: randomUUID() });
    await handle.result();
    made.set(state, historyToJSON(await handle.fetchHistory()));
  }
}, 120_000);
afterAll(async () => {
  for (const close of closing) await close();
});

/** Replays what `from` has left behind on the code of `to`. */
async function goesOn(from: State, to: State): Promise<boolean> {
  const history: unknown = JSON.parse((made.get(from) ?? '').replace(`"name": "${from}"`, `"name": "${to}"`));
  return Worker.runReplayHistory({ workflowBundle: { code } }, history, 'nxs/replay').then(
    () => true,
    () => false,
  );
}

it.each<readonly [State, State, boolean, string]>([
  ['original', 'careless', false, 'a change without a patch breaks the runs that are under way'],
  ['original', 'guarded', true, 'with a patch the runs of before go on'],
  ['guarded', 'guarded', true, 'and so do those that took the new way'],
  ['guarded', 'settled', true, 'when the old way is gone, runs with the mark go on'],
  ['settled', 'settled', true, 'and those of that version'],
  ['original', 'settled', false, 'but none of before: that is why it waits'],
  ['settled', 'removed', true, 'a row may go when the way it guarded is the only one'],
  ['guarded', 'removed', false, 'but not while a history with a mark of two ways is left'],
])('runs of the %s code on the %s one: %s, %s', async (from, to, goes) => {
  expect(await goesOn(from, to)).toBe(goes);
});

/** What is wrong with a row; '' when nothing is. */
function flaw(id: string, { since, removable, date, reason }: Patch): string {
  if (!/^[a-z][a-z0-9-]+$/.test(id)) return 'the id';
  if (![since, removable].every((version) => /^\d+\.\d+\.\d+$/.test(version))) return 'a version';
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return 'the date';
  return reason.length < 20 ? 'the reason' : '';
}

it('every change says since when, why, and when it may go', () => {
  for (const [id, row] of Object.entries<Patch>(PATCHES)) expect(flaw(id, row), id).toBe('');
  const row: Patch = {
    since: '1',
    date: '2030-01-01',
    reason: 'long enough to be one',
    ways: 'both',
    removable: '2.0.0',
  };
  expect(flaw('x-y', row)).toBe('a version');
});
