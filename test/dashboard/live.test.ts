// The stream that keeps open pages fresh.
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openLive } from '../../dashboard/live.js';
import { until } from '../support/until.js';
import { busyModel, calmModel } from './support/model.js';
import { serve, type Served } from './support/server.js';
import { openStream, type Stream } from './support/stream.js';

let served: Served | null = null;
const streams: Stream[] = [];

afterEach(async () => {
  for (const stream of streams.splice(0)) stream.end();
  await served?.close();
  served = null;
});

async function open(): Promise<Served> {
  served = await serve();
  const model = calmModel();
  served.world.model = () => model;
  return served;
}

async function look({ url }: Served, query = ''): Promise<Stream> {
  const stream = await openStream(`${url}/dashboard/events${query}`);
  streams.push(stream);
  return stream;
}

test('the first frame comes at once', async () => {
  const stream = await look(await open());
  expect(stream.type).toBe('text/event-stream; charset=utf-8');
  const first = await until(() => stream.frames[0]);
  expect(first.html).toContain('Healthy');
  expect(first.id).toMatch(/^[\w-]{16}$/);
});

test('a client that has the page hears that it is true still', async () => {
  const server = await open();
  const page = await (await fetch(server.url)).text();
  const id = /data-id="([\w-]+)"/.exec(page)![1]!;
  const stream = await look(server, `?window=24h&id=${id}`);
  const first = await until(() => stream.frames[0]);
  expect(Object.keys(first)).toEqual(['at']);
});

test('a change is there within a second', async () => {
  const server = await open();
  const stream = await look(server);
  await until(() => stream.frames.length >= 2);
  const times: number[] = [];
  // The fastest of three: others may be at work on this machine.
  for (const node of ['one', 'two', 'three']) {
    const changed = calmModel({ headline: { light: 'bad', text: node, until: null, anchor: null } });
    server.world.model = () => changed;
    const from = performance.now();
    server.world.mark = node;
    await until(() => stream.frames.some(({ html }) => html?.includes(`${node}</span>`)));
    times.push(performance.now() - from);
  }
  expect(Math.min(...times)).toBeLessThan(1000);
});

test('what did not change is not sent again', async () => {
  const server = await open();
  const stream = await look(server);
  await until(() => stream.frames.length >= 2);
  server.world.mark = 'second';
  await until(() => stream.frames.length >= 3);
  expect(stream.frames.map(({ html }) => html !== undefined)).toEqual([true, false, false]);
});

test('pages of all windows are pushed, one rendering for each', async () => {
  const server = await open();
  const all = await Promise.all(
    Array.from({ length: 12 }, (_, index) => look(server, `?window=${index % 2 === 0 ? '24h' : '7d'}`)),
  );
  await until(() => all.every(({ frames }) => frames.length >= 2));
  const before = server.world.rendered;
  const changed = busyModel();
  server.world.model = () => changed;
  server.world.mark = 'second';
  await until(() => all.every(({ frames }) => frames.some(({ html }) => html?.includes('Needs you'))));
  expect(server.world.rendered - before).toBe(2);
});

test('nothing is rendered while nobody looks', async () => {
  const server = await open();
  const stream = await look(server);
  await until(() => stream.frames.length >= 2);
  stream.end();
  await until(() => server.connections() === 0);
  const [before, marks] = [server.world.rendered, server.world.marks];
  server.world.mark = 'second';
  // Another stream starts the clock anew: what was rendered meanwhile is only its own.
  const other = await look(server);
  await until(() => other.frames.length >= 2);
  expect(server.world.rendered - before).toBeLessThanOrEqual(2);
  expect(server.world.marks).toBeGreaterThan(marks);
});

test('a change that could not be rendered is pushed as soon as it can be', async () => {
  const server = await open();
  const stream = await look(server);
  await until(() => stream.frames.length >= 2);
  const before = stream.frames.length;
  server.world.model = () => {
    throw new Error('the journal is being rewritten');
  };
  server.world.mark = 'second';
  const tries = server.world.rendered;
  await until(() => server.world.rendered >= tries + 2);
  // Meanwhile nobody is told that all is as it was.
  expect(stream.frames).toHaveLength(before);
  const changed = busyModel();
  server.world.model = () => changed;
  await until(() => stream.frames.at(-1)?.html?.includes('Needs you'), 3_000);
});

test('HEAD of the stream opens none', async () => {
  const server = await open();
  for (let count = 0; count < 60; count++) {
    const answer = await fetch(`${server.url}/dashboard/events`, { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  }
  expect((await look(server)).status).toBe(200);
});

test('the stream of one page too many is refused', async () => {
  const server = await open();
  await Promise.all(Array.from({ length: 50 }, () => look(server)));
  const refused = await fetch(`${server.url}/dashboard/events`);
  expect(refused.status).toBe(503);
  expect(await refused.text()).toBe('Too many pages are open.\n');
  streams.pop()!.end();
  await until(async () => {
    const stream = await look(server);
    return stream.status === 200;
  });
});

test('a client that does not read is cut off', async () => {
  const server = await open();
  const socket: Socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.pause();
  socket.write(`GET /dashboard/events HTTP/1.1\r\nHost: 127.0.0.1:${String(server.port)}\r\n\r\n`);
  const filler = 'x'.repeat(4_000_000);
  server.world.model = () => calmModel({ title: filler + String(server.world.rendered) });
  try {
    await until(() => server.connections() === 1);
    await until(() => {
      server.world.mark = `mark ${String(server.world.marks)}`;
      return server.connections() === 0;
    }, 20_000);
  } finally {
    socket.destroy();
  }
});

test('closing ends all streams, even while a page is being rendered', async () => {
  const server = await open();
  const early = await look(server);
  await until(() => early.frames.length > 0);
  let render = (): void => undefined;
  const model = calmModel();
  server.world.model = () => new Promise((resolve) => (render = () => resolve(model)));
  const late = await look(server);
  server.closeDashboard();
  render();
  await until(() => early.over && late.over);
  expect(late.frames).toEqual([]);
  expect(server.world.errors).toEqual([]);
});

test('pages that open at the same time share a rendering', async () => {
  let calls = 0;
  let render = (): void => undefined;
  const live = openLive({
    mark: () => Promise.resolve(''),
    async render() {
      calls++;
      await new Promise<void>((resolve) => (render = resolve));
      return { at: '2026-11-23T14:00:00.000Z', html: 'page' };
    },
  });
  const frames = [live.frame('24h'), live.frame('24h'), live.frame('24h')];
  render();
  expect(new Set((await Promise.all(frames)).map(({ id }) => id)).size).toBe(1);
  expect(calls).toBe(1);
});
