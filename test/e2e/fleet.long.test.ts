// Nodes that share one Temporal, each through a door of its own kind: nobody's work lands elsewhere, one name is one machine, and
// renewed keys and certificates are taken without a restart.
import { Client, Connection } from '@temporalio/client';
import { copyFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makePlace } from '../support/e2e-place.js';
import { startPlane, type Plane } from '../support/temporal-e2e.js';
import {
  makeCertificates,
  openKeyDoor,
  openTlsDoor,
  type Certificates,
  type Door,
} from '../support/tls-doors.js';
import { until } from '../support/until.js';

const NONE: Certificates = { ca: '', server: { cert: '', key: '' }, client: { cert: '', key: '' } };
const root = await mkdtemp(path.join(tmpdir(), 'nxs-fleet-'));
const made = makeCertificates(path.join(root, 'ours'));
const address = inject('temporalAddress');
let keys = ['first-api-key-1'];
let doors: Record<'mtls' | 'key', Door>;
let home: Plane;
let cloud: Plane;
let connection: Connection;

describe.skipIf(made === null)('two nodes on one Temporal', () => {
  const { ca, server, client } = made ?? NONE;
  const mine = { cert: path.join(root, 'client.pem'), key: path.join(root, 'client.key') };

  beforeAll(async () => {
    copyFileSync(client.cert, mine.cert);
    copyFileSync(client.key, mine.key);
    doors = {
      mtls: await openTlsDoor(address, server, ca),
      key: await openKeyDoor(address, server, () => keys),
    };
    connection = await Connection.connect({ address });
    const place = await makePlace();
    writeKey(place.configDir, 'first-api-key-1');
    cloud = await startPlane({
      place,
      env: { NXS_NODE: 'cloud' },
      settings: { temporal: { address: doors.key.address, tls: { ca }, api_key: '${CLOUD_KEY}' } },
    });
    home = await startPlane({
      settings: { temporal: { address: doors.mtls.address, tls: { ca, ...mine } } },
    });
    await Promise.all([home.ready(), cloud.ready()]);
  }, 240_000);
  afterAll(async () => {
    await Promise.all([home.dispose(), cloud.dispose()]);
    await Promise.all(Object.values(doors).map((door) => door.close()));
    await connection.close();
    await rm(root, { recursive: true, force: true });
  }, 120_000);

  it('each step of each workflow is done by the node in its name', async () => {
    for (const plane of [home, cloud]) {
      expect((await plane.nxs('backup', 'run')).code).toBe(0);
      expect((await plane.nxs('sync', 'run')).code).toBe(0);
    }
    const temporal = new Client({ connection });
    const schedule = temporal.schedule.getHandle('nxs-cloud-backup-hourly');
    await schedule.trigger();
    await until(async () => (await schedule.describe()).info.recentActions.length > 0);
    const seen = new Map<string, Set<string>>();
    for await (const { workflowId, runId } of temporal.workflow.list({
      query: "WorkflowId STARTS_WITH 'nxs/'",
    })) {
      const node = workflowId.split('/')[1] ?? '';
      if (node !== 'home' && node !== 'cloud') continue;
      const { events } = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
      for (const event of events ?? []) {
        const by = event.workflowTaskStartedEventAttributes ?? event.activityTaskStartedEventAttributes;
        if (by?.identity) seen.set(node, (seen.get(node) ?? new Set()).add(by.identity.split('#')[0] ?? ''));
      }
    }
    for (const node of ['home', 'cloud'])
      expect([...(seen.get(node) ?? [])].map((name) => name.split('@')[0])).toEqual([node]);
  }, 120_000);

  it('a word for the other node is refused here, and the fleet shows both', async () => {
    const fired = await home.nxs('heal', 'trigger', 'memory_warning', '--json');
    const { incident } = fired.json() as { incident: string };
    expect((await cloud.nxs('approve', incident, '--by', 'me', '--reason', 'no')).code).toBe(2);
    const fleet = (await cloud.nxs('fleet', '--json')).json() as { nodes: { node: string; host: string }[] };
    const names = fleet.nodes.map(({ node }) => node);
    expect(names[0]).toBe('cloud');
    expect(names).toContain('home');
  }, 60_000);

  it('a second machine under a name waits, and its commands refuse; it takes over when the first one is silent', async () => {
    const second = await startPlane({ settings: { temporal: { address, namespace: 'default' } } });
    try {
      await until(async () => JSON.stringify((await second.get('/readyz')).body).includes('is taken'));
      expect(second.output()).toContain('The node name "home" is taken');
      const run = await second.nxs('backup', 'run');
      expect([run.code, run.stderr.includes('would be done there')]).toEqual([2, true]);
      expect((await home.get('/readyz')).status).toBe(200);
      await home.stop('SIGKILL');
      const { place } = home;
      await until(async () => (await second.get('/readyz')).status === 200, 150_000);
      expect((await second.nxs('backup', 'run')).code).toBe(0);
      await second.stop();
      // Its owner comes back after that one was stopped in good order.
      home = await startPlane({
        place,
        settings: { temporal: { address: doors.mtls.address, tls: { ca, ...mine } } },
      });
      await until(async () => (await home.get('/readyz')).status === 200, 150_000);
    } finally {
      await second.dispose();
    }
  }, 400_000);

  it('a new API key is in force after a reload; the old one is needed no more', async () => {
    keys = ['first-api-key-1', 'second-api-key-2'];
    writeKey(cloud.place.configDir, 'second-api-key-2');
    const reloaded = await cloud.nxs('config', 'reload', '--json');
    expect(reloaded.json()).toMatchObject({
      state: 'in_force',
      changed: ['nxs.yaml: temporal.api_key (changed)'],
    });
    keys = ['second-api-key-2'];
    expect((await cloud.nxs('backup', 'run')).code).toBe(0);
    for (const secret of ['first-api-key-1', 'second-api-key-2'])
      expect(cloud.output() + reloaded.stdout).not.toContain(secret);
  }, 120_000);

  it('renewed certificates are taken by themselves', async () => {
    const { pids } = await home.run();
    const again = makeCertificates(path.join(root, 'ours'), 'renewed');
    copyFileSync(again?.client.key ?? '', mine.key);
    copyFileSync(again?.client.cert ?? '', mine.cert);
    await until(() => home.output().includes('the TLS files for Temporal were renewed'), 120_000);
    await until(async () => (await home.run()).pids.worker !== pids.worker, 60_000);
    await until(async () => (await home.get('/readyz')).status === 200, 60_000);
    expect((await home.nxs('backup', 'run')).code).toBe(0);
  }, 300_000);
});

function writeKey(configDir: string, key: string): void {
  writeFileSync(path.join(configDir, '.env'), `CLOUD_KEY=${key}\n`, { mode: 0o600 });
}
