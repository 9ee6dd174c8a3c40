// The real server's list of pollers, and a worker's place on it.
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { identityText, type WorkerIdentity } from '../../../domain/fleet/identity.js';
import { checkBundle } from '../../../workers/bundle.js';
import { instanceOf, ownIdentity } from '../../../workers/fleet/own-identity.js';
import { awaitPlace, keepPlace, type PlaceContext } from '../../../workers/fleet/place.js';
import { readTaken, refuseWhenTaken } from '../../../workers/fleet/taken-file.js';
import { openLogger } from '../../../workers/log.js';
import { until } from '../../support/until.js';

let root: string;
let connection: Connection;
let native: NativeConnection;

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'nxs-place-'));
  const address = inject('temporalAddress');
  connection = await Connection.connect({ address });
  native = await NativeConnection.connect({ address });
});
afterAll(async () => {
  await native.close();
  await connection.close();
  await rm(root, { recursive: true, force: true });
});

async function contextOf(
  self: WorkerIdentity,
  state: string,
  said: string[],
  signal: AbortSignal,
): Promise<PlaceContext> {
  const stateDir = path.join(root, state);
  await instanceOf(stateDir);
  const { workflowService: service } = new Client({ connection }).connection;
  const log = openLogger({ node: self.node, stateDir, nxs: {} }, 'test');
  return { self, stateDir, service, namespace: 'default', log, say: (line) => void said.push(line), signal };
}

/** A worker that polls under this name until told to stop. */
async function polling(self: WorkerIdentity): Promise<() => Promise<void>> {
  const worker = await Worker.create({
    connection: native,
    taskQueue: `nxs-${self.node}`,
    identity: identityText(self),
    activities: { nothing: () => Promise.resolve() },
    workflowBundle: { codePath: await checkBundle(path.resolve(import.meta.dirname, '../../../dist')) },
  });
  const done = worker.run();
  return async () => {
    worker.shutdown();
    await done;
  };
}

it('waits while another machine works under the name, refuses commands meanwhile, and one of two goes', async () => {
  const node = `twice-${randomBytes(4).toString('hex')}`;
  const [first, second] = await Promise.all(
    ['a', 'b'].map((state) => ownIdentity(node, path.join(root, state))),
  );
  if (first === undefined || second === undefined) throw new Error('no identities');
  const over = new AbortController();
  const said: string[] = [];
  const mine = await contextOf(first, 'a', said, over.signal);
  expect(await awaitPlace(mine, () => undefined)).toBe(true);
  const stop = await polling(first);

  const theirs = await contextOf({ ...second, host: 'other' }, 'b', said, over.signal);
  const pollers = await until(async () => {
    const { pollers: found } = await theirs.service.describeTaskQueue({
      namespace: 'default',
      taskQueue: { name: `nxs-${node}` },
      taskQueueType: 1,
    });
    return found.length > 0 ? found : null;
  });
  expect(pollers.map(({ identity }) => identity)).toContain(identityText(first));
  let waits: string | null = null;
  const waiting = awaitPlace(theirs, (sentence) => (waits = sentence));
  await until(() => waits !== null);
  expect(waits).toContain(`The node name "${node}" is taken`);
  await until(async () => (await readTaken(theirs.stateDir)) !== null);
  await expect(refuseWhenTaken({ node, stateDir: theirs.stateDir })).rejects.toMatchObject({
    code: 'NODE_TAKEN',
  });
  await expect(refuseWhenTaken({ node, stateDir: mine.stateDir })).resolves.toBeUndefined();
  // One that does not look before it comes goes, and the first one stays.
  over.abort();
  expect(await waiting).toBe(false);
  await stop();
});

it('keeps the id of its state directory, whatever lies there', async () => {
  const stateDir = path.join(root, 'kept');
  const ids = await Promise.all([instanceOf(stateDir), instanceOf(stateDir)]);
  expect(new Set([...ids, await instanceOf(stateDir)]).size).toBe(1);
  expect(ids[0]).toMatch(/^[0-9a-f]{12}$/);
});

it('goes when a worker that was there first asks for work beside it', async () => {
  const self = { ...(await ownIdentity('beside', path.join(root, 'c'))), since: 2_000 };
  const rival = { ...self, host: 'other', instance: 'bbbbbbbbbbbb', since: 1_000 };
  const polls = (seconds: number) => ({ seconds, nanos: 0 });
  const pollers = [
    { identity: identityText(self), lastAccessTime: polls(1_000) },
    { identity: identityText(rival), lastAccessTime: polls(1_060) },
  ];
  const said: string[] = [];
  const over = new AbortController();
  const context = await contextOf(self, 'c', said, over.signal);
  const service = { describeTaskQueue: () => Promise.resolve({ pollers }) };
  let gone: string | null = null;
  await keepPlace({ ...context, service }, ({ host }) => (gone = host));
  expect(gone).toBe('other');
  expect(said.join('\n')).toContain('It was there first');
});
