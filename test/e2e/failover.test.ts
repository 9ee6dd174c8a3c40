// A control plane with two providers that a test can kill: what a user sees when one of them dies, and when we do.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ProvidersView } from '../../gateway/view.js';
import { openUpstream, type ScriptedUpstream } from '../support/llm-upstream.js';
import { makePlace } from '../support/e2e-place.js';
import { onCluster } from '../support/temporal-cluster.js';
import { startPlane, type Plane } from '../support/temporal-e2e.js';
import { until } from '../support/until.js';

const FAILS = { kind: 'error', status: 500, message: 'down', code: null } as const;
let primary: ScriptedUpstream;
let backup: ScriptedUpstream;
let plane: Plane;

beforeAll(async () => {
  primary = await openUpstream({ model: 'model-a', pace: 1 });
  backup = await openUpstream({ model: 'model-b', pace: 1 });
  const place = await makePlace();
  writeFileSync(
    join(place.configDir, 'providers.yaml'),
    JSON.stringify({
      providers: [
        {
          name: 'first',
          base_url: primary.url,
          model: 'model-a',
          priority: 1,
          retry: 0,
          circuit_breaker: { failure_threshold: 2, timeout_seconds: 3 },
        },
        { name: 'second', base_url: backup.url, model: 'model-b', priority: 2 },
        // Nobody listens there, and no request ever gets so far down the list.
        { name: 'gone', base_url: 'http://127.0.0.1:1/v1', model: 'model-c', priority: 3 },
      ],
    }),
  );
  plane = await startPlane({ place });
  await plane.ready();
}, 120_000);
beforeEach(async () => {
  await plane.nxs('provider', 'reset');
});
afterEach(() => {
  primary.play(() => ({ kind: 'answer' }));
});
afterAll(async () => {
  await plane.dispose();
  await Promise.all([primary.close(), backup.close()]);
});

async function ask(headers: Record<string, string> = {}): Promise<Response> {
  const { http } = await plane.run();
  return fetch(`${http}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'hello' }] }),
  });
}

async function providers(): Promise<ProvidersView['providers']> {
  const { body } = await plane.get('/api/providers');
  return (body as unknown as ProvidersView).providers;
}

/** About fifty requests a second until told to stop; gives the statuses and who answered. */
function load(): { stop(): Promise<{ readonly statuses: Set<number>; readonly answered: Set<string> }> } {
  const calls: Promise<Response>[] = [];
  const timer = setInterval(() => calls.push(ask()), 20);
  return {
    async stop() {
      clearInterval(timer);
      const responses = await Promise.all(calls);
      return {
        statuses: new Set(responses.map(({ status }) => status)),
        answered: new Set(responses.map(({ headers }) => headers.get('x-nxs-provider') ?? 'nobody')),
      };
    },
  };
}

test('the primary dies under load and comes back: no client notices, and it takes over again by itself', async () => {
  const running = load();
  await until(() => primary.attempts().length > 5);
  primary.play(() => FAILS);
  await until(async () => (await providers())[0]?.state === 'open');
  primary.play(() => ({ kind: 'answer' }));
  await until(async () => (await providers())[0]?.state === 'closed');
  const before = primary.attempts().length;
  await until(() => primary.attempts().length > before + 5);
  const { statuses, answered } = await running.stop();
  expect([...statuses]).toEqual([200]);
  expect([...answered].sort()).toEqual(['first', 'second']);
  const told = (await plane.nxs('journal', 'show', '--json')).stdout;
  for (const type of ['provider.transition', 'provider.failover']) expect(told).toContain(type);
});

test('a switch under load fails no request, and the manager knows of it', async () => {
  const running = load();
  const switched = await plane.nxs('provider', 'switch', '--backup', '--for', '1h', '--by', 'ops');
  expect(switched.code).toBe(0);
  expect((await ask()).headers.get('x-nxs-provider')).toBe('second');
  const status = await plane.client((client) =>
    client.workflow.getHandle('nxs/home/providers').query('status'),
  );
  expect(JSON.stringify(status)).toContain('second');
  expect((await plane.nxs('provider', 'switch', '--primary')).code).toBe(0);
  expect((await ask()).headers.get('x-nxs-provider')).toBe('first');
  expect([...(await running.stop()).statuses]).toEqual([200]);
});

test('the health monitor looks without asking for a single token, and alone opens a breaker', async () => {
  const posts = primary.attempts().length + backup.attempts().length;
  await until(async () => {
    const [first, second, gone] = await providers();
    return first?.health?.state === 'good' && second?.health?.state === 'good' && gone?.state === 'open';
  });
  expect(primary.attempts().length + backup.attempts().length).toBe(posts);
});

test('a worker that is killed in the middle of a durable call costs a wait, not the answer', async () => {
  primary.play(() => ({ kind: 'slow', first: 3_000 }));
  const before = primary.attempts().length;
  const asked = ask({ 'x-nxs-durable': 'true' });
  await until(() => primary.attempts().length > before);
  const { pids } = await plane.run();
  process.kill(Number(pids.worker), 'SIGKILL');
  primary.play(() => ({ kind: 'answer' }));
  const answer = await asked;
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-nxs-lane')).toBe('durable');
  expect(answer.headers.get('x-nxs-workflow-id')).toMatch(/^nxs\/home\/completion\//);
}, 60_000);

test('kill -9 of everything while a breaker is open: it is still open after the restart', async () => {
  await plane.ready();
  primary.play(() => FAILS);
  for (let call = 0; call < 2; call += 1) expect((await ask()).status).toBe(200);
  const [open] = await providers();
  expect(open?.state).toBe('open');
  const { pid, pids } = await plane.run();
  for (const each of [pid, pids.worker, pids.temporal]) if (each !== null) process.kill(each, 'SIGKILL');
  const { place } = plane;
  plane = await startPlane({ place });
  await plane.run();
  const [after] = await until(() => providers().catch(() => null));
  // Its time may have run out meanwhile; forgotten it must not be.
  expect(after?.state).toBe('open');
  expect(after?.open_until).toBe(open?.open_until);
  // A worker that is killed with its control plane before it is written down is left behind for a moment.
  if (onCluster) await plane.ready();
}, 120_000);
