// Two nodes on a real cluster (Temporal's server on PostgreSQL): the work of a day, then the same work while a worker, the server or the
// database is killed or restarted in the middle of it. Nothing that was begun is lost, nothing is done twice.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { taskQueue } from '../../domain/ids.js';
import { givenCluster, type Cluster } from '../support/cluster.js';
import {
  askDurably,
  incidentsOf,
  lastFired,
  openRuns,
  PATIENCE,
  startTwoNodes,
  type Node,
  type TwoNodes,
} from '../support/temporal-two-nodes.js';
import { until } from '../support/until.js';

const cluster = givenCluster();

/** Durable calls of each node that are under way when the fault comes. */
const CALLS = 3;

describe.skipIf(cluster === null)('two nodes on a real cluster (npm run test:cluster)', () => {
  let stage: TwoNodes;
  let round = 0;
  const nodes = (): readonly Node[] => [stage.home, stage.cloud];
  const started = new Set<string>();

  beforeAll(async () => {
    stage = await startTwoNodes(cluster as Cluster);
  }, 600_000);
  afterAll(() => stage.dispose());

  const faults: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['nothing', () => Promise.resolve()],
    ['kill -9 of the worker of home', () => killWorker(stage.home)],
    ['kill -9 of the worker of cloud', () => killWorker(stage.cloud)],
    ['kill -9 of the server, which comes back', () => crashServer(cluster as Cluster)],
    ['a fast restart of PostgreSQL', () => (cluster as Cluster).run('restart-postgres', 'fast')],
    ['a crash of PostgreSQL', () => (cluster as Cluster).run('restart-postgres', 'immediate')],
  ];

  it.each(faults)(
    'all work that is under way ends well through: %s',
    async (_name, fault) => {
      round += 1;
      const { home, service, upstream } = stage;
      const file = `memory/round-${String(round)}.md`;
      const incident = await breakService(home, stage);
      upstream.play(() => ({ kind: 'slow', first: 2_000 }));
      const before = upstream.attempts().length;
      for (const { name, plane } of nodes())
        await writeFile(join(plane.place.dataDir, `memory/${name}-${String(round)}.md`), `${name} ${file}\n`);
      const calls = nodes().flatMap((node) => Array.from({ length: CALLS }, () => askDurably(node)));
      const backups = nodes().map(({ plane }) => plane.nxs('backup', 'run', '--json'));
      await until(() => upstream.attempts().length > before, PATIENCE);
      const word = await home.plane.nxs('approve', incident, '--by', 'ops', '--reason', 'go on');
      expect(word.code, word.stdout).toBe(0);
      const broken = Date.now();
      await fault();

      for (const { status, workflowId } of await Promise.all(calls)) {
        expect([status, workflowId]).toEqual([200, expect.stringContaining('/completion/')]);
        started.add(workflowId);
      }
      for (const [n, { plane }] of nodes().entries()) {
        const first = await backups[n];
        // A server that is away when the command begins is said as such; asked again, it goes on as ever.
        const said = first?.code === 3 ? await plane.nxs('backup', 'run', '--json') : first;
        expect(said?.code, said?.stderr).toBe(0);
        started.add((said?.json() as { workflow_id: string }).workflow_id);
      }
      const ended = await until(
        async () => (await incidentsOf(home)).find((each) => each.id === incident && each.ended !== null),
        PATIENCE,
      );
      expect([ended.state, service.runs('rescue')]).toEqual(['healed', round]);
      started.add(`nxs/${home.name}/incident/${incident}`);
      await bothHave(nodes(), round);
      await home.plane.client(async (client) => {
        for (const { name } of nodes()) {
          await until(async () => (await lastFired(client, name)) > broken, PATIENCE);
          await until(async () => (await openRuns(client, name)).length === 0, PATIENCE);
        }
      });
    },
    900_000,
  );

  it('every run that was begun has its end in Temporal, on the queue of its node', async () => {
    await stage.home.plane.client(async (client) => {
      expect(started.size).toBe(faults.length * (2 * CALLS + 2 + 1));
      for (const id of started) {
        const { status, taskQueue: queue } = await client.workflow.getHandle(id).describe();
        expect([id, status.name]).toEqual([id, 'COMPLETED']);
        expect(queue).toBe(taskQueue(id.split('/')[1] ?? ''));
      }
    });
  }, 120_000);

  it('both journals are whole, both stores are proved, and no answer waits for anybody', async () => {
    for (const { plane } of nodes()) {
      expect((await plane.nxs('journal', 'verify', '--json')).json()).toMatchObject({ ok: true, breaks: [] });
      const verified = await plane.nxs('backup', 'verify', '--full', '--json');
      expect([verified.code, verified.json()['green']]).toEqual([0, true]);
      expect((await plane.get('/readyz')).status).toBe(200);
    }
    expect((await incidentsOf(stage.home)).filter(({ ended }) => ended === null)).toEqual([]);
  }, 120_000);
});

/** A service that its restart cannot bring back: the id of the incident that asks a person. */
async function breakService(home: Node, { service }: TwoNodes): Promise<string> {
  const before = new Set((await incidentsOf(home)).map(({ id }) => id));
  service.set('broken');
  await service.kill();
  const asking = await until(
    async () => (await incidentsOf(home)).find(({ id, asked }) => !before.has(id) && asked !== null),
    PATIENCE,
  );
  return asking.id;
}

async function killWorker({ plane }: Node): Promise<void> {
  process.kill((await plane.run()).pids.worker ?? Number.NaN, 'SIGKILL');
}

async function crashServer(cluster: Cluster): Promise<void> {
  await cluster.run('kill-server');
  await cluster.run('start-server');
}

/** What each wrote in this round is on both. */
async function bothHave(nodes: readonly Node[], round: number): Promise<void> {
  const files = nodes.map(({ name }) => `memory/${name}-${String(round)}.md`);
  await until(async () => {
    for (const { plane } of nodes) {
      await plane.nxs('sync', 'run');
      await Promise.all(files.map((file) => readFile(join(plane.place.dataDir, file))));
    }
    return true;
  }, PATIENCE);
}
