// Two nodes on one cluster and one hub: each a whole control plane with a provider that a test can slow down, one with a service
// that a test can kill, and backups every minute, so that a schedule is seen to fire.
import type { Client } from '@temporalio/client';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Incident } from '../../domain/healing/incident.js';
import { scheduleId } from '../../domain/ids.js';
import type { Cluster } from './cluster.js';
import { destinations, makePlace, type Place } from './e2e-place.js';
import { makeService, type Service } from './e2e-service.js';
import { openUpstream, type ScriptedUpstream } from './llm-upstream.js';
import { startPlane, type Plane } from './temporal-e2e.js';
import { until } from './until.js';

export interface Node {
  readonly name: string;
  readonly plane: Plane;
}

export interface TwoNodes {
  readonly home: Node;
  readonly cloud: Node;
  readonly upstream: ScriptedUpstream;
  /** Of home; its restart can be made to fail, its rescue (level 5) asks for an approval. */
  readonly service: Service;
  dispose(): Promise<void>;
}

/** Long enough for a restart of the server on a loaded machine. */
export const PATIENCE = 180_000;

export async function startTwoNodes(cluster: Cluster): Promise<TwoNodes> {
  const upstream = await openUpstream({ model: 'model-a', pace: 1 });
  const run = randomUUID().slice(0, 6);
  const places = { home: await newPlace(upstream), cloud: await newPlace(upstream) };
  const hub = join(places.home.root, 'hub.git');
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', hub]);
  const service = await makeService(places.home.root);
  const healing = {
    services: [service.entry],
    levels: { 5: { permission: 'approve', sh: `sleep 1; ${service.rescue}` } },
    limits: { cooldown: '100ms', per_hour: 1000, per_day: 1000, recurrences: 1000 },
  };
  writeFileSync(join(places.home.configDir, 'healing.yaml'), JSON.stringify({ healing }));
  await service.start();
  const start = async (place: Place, name: string): Promise<Node> => {
    const settings = {
      temporal: { address: cluster.address, namespace: 'default' },
      sync: { remote: hub },
    };
    const plane = await startPlane({ place, settings, env: { NXS_NODE: name } });
    await plane.ready();
    await until(() => /^sync: /m.test(plane.output()), PATIENCE);
    return { name, plane };
  };
  const home = await start(places.home, `home-${run}`);
  const cloud = await start(places.cloud, `cloud-${run}`);
  return {
    home,
    cloud,
    upstream,
    service,
    async dispose() {
      for (const { plane } of [home, cloud]) await plane.dispose();
      await upstream.close();
      service.end();
    },
  };
}

async function newPlace(upstream: ScriptedUpstream): Promise<Place> {
  const store = destinations('{ name: local, type: git, path: "${NXS_STATE_DIR}/backup.git" }');
  const place = await makePlace(() => `every: 1m\n${store}`);
  const provider = { name: 'only', base_url: upstream.url, model: upstream.model, priority: 1 };
  writeFileSync(join(place.configDir, 'providers.yaml'), JSON.stringify({ providers: [provider] }));
  mkdirSync(join(place.dataDir, 'memory'));
  return place;
}

/** A chat completion through the durable lane. */
export async function askDurably({ plane }: Node): Promise<{ status: number; workflowId: string }> {
  const response = await fetch(`${(await plane.run()).http}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-nxs-durable': 'true' },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: randomUUID() }] }),
  });
  await response.text();
  return { status: response.status, workflowId: response.headers.get('x-nxs-workflow-id') ?? '' };
}

export async function incidentsOf({ plane }: Node): Promise<readonly Incident[]> {
  return (await plane.get('/api/incidents')).body['incidents'] as readonly Incident[];
}

/** Workflows of a node that run and should end some day: all but its two loops. */
export async function openRuns(client: Client, node: string): Promise<string[]> {
  const ids: string[] = [];
  const query = `NxsNode = "${node}" AND ExecutionStatus = "Running"`;
  for await (const { workflowId } of client.workflow.list({ query }))
    if (!/\/(providers|healing)$/.test(workflowId)) ids.push(workflowId);
  return ids;
}

/** When a node's backup schedule last started something, ms since the epoch; 0: never. */
export async function lastFired(client: Client, node: string): Promise<number> {
  const { info } = await client.schedule.getHandle(scheduleId(node, 'backup')).describe();
  return info.recentActions.at(-1)?.takenAt.getTime() ?? 0;
}
