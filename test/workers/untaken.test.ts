// What a command does while nobody, or somebody, works on what it started. Real server, real worker.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AccessResult } from '../../activities/contracts.js';
import { startWorkflow } from '../../workers/start-workflow.js';
import { unlessUntaken } from '../../workers/untaken.js';
import { openStage, type Stage } from '../support/temporal-workflows.js';

const PATIENCE = 300;
const access: AccessResult = { destinations: [], healthy: true, backupDue: false, summary: 'reachable' };

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const start = (node: string) =>
  startWorkflow(stage.client, {
    node,
    kind: 'access-check',
    type: 'checkAccessAndRecency',
    by: 'cli',
    input: { node },
    summary: 'a test',
  });

it('withdraws what no worker takes, and says which node has to run', async () => {
  const node = `${stage.node}-absent`;
  const handle = await start(node);
  const waiting = { client: stage.client, node, workflowId: handle.workflowId };
  await expect(unlessUntaken(waiting, handle.result(), PATIENCE)).rejects.toMatchObject({
    code: 'TEMPORAL_UNREACHABLE',
    message: expect.stringContaining(`No worker of node ${node} took it within 0.3 s`) as string,
  });
  expect((await handle.describe()).status.name).toBe('TERMINATED');
});

it('waits on when a worker is at it, longer than its patience', async () => {
  await stage.playing(
    { checkAccess: () => new Promise((resolve) => setTimeout(() => resolve(access), 4 * PATIENCE)) },
    async () => {
      const handle = await start(stage.node);
      const waiting = { client: stage.client, node: stage.node, workflowId: handle.workflowId };
      expect(await unlessUntaken(waiting, handle.result(), PATIENCE)).toMatchObject({ healthy: true });
    },
  );
});

it('gives the end and the failure of a run as they are', async () => {
  const waiting = { client: stage.client, node: stage.node, workflowId: 'nobody-looks' };
  expect(await unlessUntaken(waiting, Promise.resolve('end'), PATIENCE)).toBe('end');
  await expect(unlessUntaken(waiting, Promise.reject(new Error('its own')), PATIENCE)).rejects.toThrow(
    'its own',
  );
});
