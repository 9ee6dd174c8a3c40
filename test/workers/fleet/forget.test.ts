// A node that is gone, on the real server: what is its own goes, what is another node's stays.
import { Client, Connection, type ScheduleOptions } from '@temporalio/client';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { scheduleId } from '../../../domain/ids.js';
import { forgetNode } from '../../../workers/fleet/forget.js';
import { noteForgotten, readForgotten, stillThere } from '../../../workers/fleet/forgotten-file.js';
import { until } from '../../support/until.js';

let connection: Connection;
let client: Client;
const made: string[] = [];

beforeAll(async () => {
  connection = await Connection.connect({ address: inject('temporalAddress') });
  client = new Client({ connection });
});
afterEach(async () => {
  const gone = () => undefined;
  for (const node of made.splice(0)) {
    await client.schedule.getHandle(scheduleId(node, 'backup')).delete().catch(gone);
    await client.workflow.getHandle(`nxs/${node}/healing`).terminate().catch(gone);
  }
});
afterAll(() => connection.close());

/** A node with a run and a schedule that nobody takes up. */
async function left(node: string): Promise<void> {
  made.push(node);
  const taskQueue = `nxs-${node}`;
  await client.workflow.start('healingLoop', { workflowId: `nxs/${node}/healing`, taskQueue });
  const schedule: ScheduleOptions = {
    scheduleId: scheduleId(node, 'backup'),
    spec: { intervals: [{ every: '30 days' }] },
    action: { type: 'startWorkflow', workflowType: 'backupAndVerify', taskQueue },
  };
  await client.schedule.create(schedule);
  await until(async () => (await runsOf(node)).length === 1);
}

async function runsOf(node: string): Promise<readonly string[]> {
  const found: string[] = [];
  const query = `WorkflowId STARTS_WITH 'nxs/${node}/' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of client.workflow.list({ query })) found.push(workflowId);
  return found;
}

const isScheduled = (node: string) =>
  client.schedule
    .getHandle(scheduleId(node, 'backup'))
    .describe()
    .then(
      () => true,
      () => false,
    );

it('ends the runs and removes the schedules of that node alone; --dry-run only names them; twice is once', async () => {
  const node = `gone-${randomBytes(4).toString('hex')}`;
  const neighbour = `${node}-b`;
  await Promise.all([left(node), left(neighbour)]);
  const its = { alive: null, runs: [`nxs/${node}/healing`], schedules: [`nxs-${node}-backup`] };
  expect(await forgetNode(client, node, { dryRun: true, now: Date.now() })).toEqual(its);
  expect([await isScheduled(node), (await runsOf(node)).length]).toEqual([true, 1]);
  expect(await forgetNode(client, node, { dryRun: false, now: Date.now() })).toEqual(its);
  await until(async () => (await runsOf(node)).length === 0);
  expect([await isScheduled(node), await isScheduled(neighbour)]).toEqual([false, true]);
  expect(await runsOf(neighbour)).toEqual([`nxs/${neighbour}/healing`]);
  const again = await forgetNode(client, node, { dryRun: false, now: Date.now() });
  expect(again).toEqual({ alive: null, runs: [], schedules: [] });
});

it('leaves a node alone that a worker works for, and takes one whose worker has been silent for long', async () => {
  const node = `there-${randomBytes(4).toString('hex')}`;
  await left(node);
  // As a worker does: it is given the run's first task at once, and is known from then on.
  await connection.withDeadline(Date.now() + 20_000, () =>
    connection.workflowService.pollWorkflowTaskQueue({
      ...{ namespace: 'default', taskQueue: { name: `nxs-${node}` } },
      identity: `${node}@garage#0123456789ab/7/1/0.1.0`,
    }),
  );
  const found = await until(async () => {
    const seen = await forgetNode(client, node, { dryRun: true, now: Date.now() });
    return seen.alive === null ? null : seen;
  });
  expect(found.alive?.host).toBe('garage');
  const kept = await forgetNode(client, node, { dryRun: false, now: Date.now() });
  expect([kept.runs, kept.schedules, await isScheduled(node)]).toEqual([[], [], true]);
  const later = Date.now() + 101_000;
  expect((await forgetNode(client, node, { dryRun: false, now: later })).schedules).toHaveLength(1);
});

describe('what the hub still knows', () => {
  it('is left out until the node changes something again', async () => {
    const state = await mkdtemp(path.join(tmpdir(), 'nxs-forgotten-'));
    const at = '2026-03-01T10:00:00.000Z';
    await noteForgotten(state, 'cloud', at);
    await noteForgotten(state, 'edge', at);
    const forgotten = await readForgotten(state);
    const seen = (node: string, last: string | null) => ({ node, last_seen: last });
    const hub = [
      ...[seen('home', '2026-01-01T00:00:00.000Z'), seen('cloud', at), seen('edge', null)],
      seen('edge', '2026-03-01T10:00:00.001Z'),
    ];
    expect(stillThere(hub, forgotten)).toEqual([hub[0], hub[3]]);
    await writeFile(path.join(state, 'forgotten-nodes.json'), '{ "cloud": 7');
    expect(await readForgotten(state)).toEqual({});
    await rm(state, { recursive: true });
  });
});
