// The durable lane as a client meets it: a real control plane, two providers of the test's own, and a worker that is killed.
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ProviderManagerStatus, SwitchResult } from '../../../workflows/messages.js';
import { makePlace } from '../../support/e2e-place.js';
import { startPlane, type Plane } from '../../support/temporal-e2e.js';
import { until } from '../../support/until.js';

interface Provider {
  readonly server: Server;
  readonly port: number;
  mode: 'well' | 'failing' | 'silent';
  posts: number;
}

async function provide(name: string): Promise<Provider> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.method === 'GET') {
      response.end('{"object":"list","data":[{"id":"m"}]}');
      return;
    }
    provider.posts += 1;
    request.resume();
    if (provider.mode === 'silent') return;
    if (provider.mode === 'failing') response.statusCode = 503;
    const message = { role: 'assistant', content: `hello from ${name}` };
    const choices = [{ index: 0, message, finish_reason: 'stop' }];
    const answer = { id: '1', object: 'chat.completion', created: 1, model: name, choices };
    response.end(JSON.stringify(provider.mode === 'well' ? answer : { error: { message: 'down' } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const provider: Provider = { server, port: (server.address() as AddressInfo).port, mode: 'well', posts: 0 };
  return provider;
}

let plane: Plane;
let first: Provider;
let second: Provider;

beforeAll(async () => {
  [first, second] = await Promise.all([provide('first'), provide('second')]);
  const place = await makePlace();
  const of = (name: string, { port }: Provider, priority: number) =>
    `  - { name: ${name}, base_url: "http://127.0.0.1:${port}/v1", model: m, priority: ${priority}, timeout: 30,
      circuit_breaker: { failure_threshold: 1, timeout_seconds: 300 } }`;
  const lines = ['providers:', of('first', first, 1), of('second', second, 2)];
  const failover = 'failover: { global_timeout: 60, hedge_after: 20s }';
  writeFileSync(join(place.configDir, 'providers.yaml'), [...lines, failover, ''].join('\n'));
  plane = await startPlane({ place });
  await plane.ready();
  // The manager is started by the worker, soon after it polls.
  await until(() => update('resetProviders', { name: null }));
}, 120_000);
afterAll(async () => {
  await plane.dispose();
  for (const { server } of [first, second]) {
    server.closeAllConnections();
    server.close();
  }
});
beforeEach(async () => {
  for (const each of [first, second]) Object.assign(each, { mode: 'well', posts: 0 });
  await update('resetProviders', { name: null });
});

const manager = 'nxs/home/providers';

function update(name: string, argument: object): Promise<SwitchResult> {
  return plane.client((client) =>
    client.workflow.getHandle(manager).executeUpdate<SwitchResult, [object]>(name, { args: [argument] }),
  );
}

async function ask(text: string, key?: string) {
  const response = await fetch(`${(await plane.run()).http}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-nxs-durable': 'true',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: text }] }),
  });
  const { headers, status } = response;
  return {
    status,
    text: await response.text(),
    lane: headers.get('x-nxs-lane'),
    provider: headers.get('x-nxs-provider'),
    workflowId: headers.get('x-nxs-workflow-id') ?? '',
  };
}

describe('the durable lane of a control plane', () => {
  it('answers through a workflow whose history holds neither prompt nor answer', async () => {
    const { status, text, lane, provider, workflowId } = await ask('a secret thought');
    expect({ status, lane, provider }).toEqual({ status: 200, lane: 'durable', provider: 'first' });
    expect(text).toContain('hello from first');
    const history = await plane.client(async (client) => {
      const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
      return Buffer.from(JSON.stringify(events)).toString();
    });
    for (const word of ['a secret thought', 'hello from first'])
      for (const form of [word, Buffer.from(word).toString('base64').slice(2, -4)])
        expect(history).not.toContain(form);
  });

  it('fails over, and the manager workflow knows of the open breaker', async () => {
    first.mode = 'failing';
    expect(await ask('hi')).toMatchObject({ status: 200, provider: 'second' });
    const status = await until(async () => {
      const now = await plane.client((client) =>
        client.workflow.getHandle(manager).query<ProviderManagerStatus>('status'),
      );
      return now.providers['first']?.state === 'open' ? now : null;
    });
    expect(status.providers['first']?.reason).toBe('server_error 503');
    expect(await update('switchProvider', { to: 'backup', forMs: null, by: 'test' })).toMatchObject({
      to: 'second',
      order: ['second', 'first'],
    });
    await update('switchProvider', { to: 'primary', forMs: null, by: 'test' });
  });

  it('answers a call whose worker was killed in the middle of it, and the same key once', async () => {
    first.mode = 'silent';
    const answer = ask('hi', 'key-1');
    await until(() => first.posts === 1);
    const before = (await plane.run()).pids.worker ?? 0;
    process.kill(before, 'SIGKILL');
    first.mode = 'well';
    expect(await answer).toMatchObject({ status: 200, provider: 'first' });
    const posts = first.posts;
    expect(posts).toBe(2);
    expect(await ask('hi', 'key-1')).toMatchObject({ status: 200, provider: 'first' });
    expect(first.posts).toBe(posts);
    expect(await ask('something else', 'key-1')).toMatchObject({ status: 422 });
  });

  it('says so when nobody can answer, and the same key may be tried again', async () => {
    first.mode = second.mode = 'failing';
    expect(await ask('hi', 'key-2')).toMatchObject({ status: 503, provider: null });
    first.mode = 'well';
    await update('resetProviders', { name: null });
    expect(await ask('hi', 'key-2')).toMatchObject({ status: 200, provider: 'first' });
  });

  it('keeps an open breaker over kill -9 of everything', async () => {
    first.mode = 'failing';
    await ask('hi');
    const { body: before } = await plane.get('/api/providers');
    const { pids } = await plane.run();
    plane.process.kill('SIGKILL');
    for (const pid of [pids.worker, pids.temporal]) if (pid !== null) process.kill(pid, 'SIGKILL');
    await once(plane.process, 'exit');
    const { place } = plane;
    plane = await startPlane({ place });
    await plane.ready();
    const { body: after } = await plane.get('/api/providers');
    const opened = (body: Record<string, unknown>) =>
      (body['providers'] as { name: string; state: string; open_until: string }[])
        .filter(({ state }) => state === 'open')
        .map(({ name, open_until }) => [name, open_until]);
    expect(opened(after)).toEqual(opened(before));
    expect(opened(after)).toHaveLength(1);
    expect(await ask('hi')).toMatchObject({ status: 200, provider: 'second' });
  });
});
