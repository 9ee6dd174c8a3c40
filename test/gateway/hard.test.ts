// What a race, a hedge and a broken stream do to each other: each of these was wrong once.
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openUpstream, type ScriptedUpstream } from '../support/llm-upstream.js';
import { startGateway, type RunningGateway } from '../support/llm-gateway.js';
import { TOKENS } from '../support/llm-answer.js';
import { until } from '../support/until.js';

const TEXT = TOKENS.join('');
let ups: ScriptedUpstream[] = [];
let gateway: RunningGateway | null = null;
afterEach(async () => {
  expect(gateway?.thrown ?? []).toEqual([]);
  await gateway?.close();
  await Promise.all(ups.map((up) => up.close()));
  ups = [];
  gateway = null;
});

/** Providers `p1`, `p2`, …; `lines` of each, `failover` lines of all. */
async function open(
  count: number,
  failover: readonly string[] = [],
  lines: readonly string[] = [],
): Promise<ScriptedUpstream[]> {
  ups = await Promise.all(
    Array.from({ length: count }, (_, at) => openUpstream({ model: `m${String(at + 1)}` })),
  );
  const entries = ups.flatMap((up, at) => [
    `  - name: p${String(at + 1)}`,
    `    base_url: ${up.url}`,
    `    model: ${up.model}`,
    `    priority: ${String(at + 1)}`,
    ...lines.map((line) => `    ${line}`),
  ]);
  const text = [
    'providers:',
    ...entries,
    'failover:',
    '  global_timeout: 30',
    ...failover.map((line) => `  ${line}`),
  ];
  gateway = await startGateway(`${text.join('\n')}\n`);
  return ups;
}

function chat(stream: boolean, signal?: AbortSignal): Promise<Response> {
  return fetch(`${gateway?.url ?? ''}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', stream, messages: [{ role: 'user', content: 'hello' }] }),
    ...(signal === undefined ? {} : { signal }),
  });
}

function contentOf(stream: string): string {
  return stream
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)) as { choices?: { delta: { content?: string } }[] })
    .map(({ choices }) => choices?.[0]?.delta.content ?? '')
    .join('');
}

test('a slow witness that speaks during a continuation does not disturb it', async () => {
  const [slow, cut, rest] = await open(3, ['mid_stream: continue', 'hedge_after: 0.2']);
  slow?.play(() => ({ kind: 'slow', first: 700 }));
  cut?.play(() => ({ kind: 'cut', after: 20, how: 'ended' }));
  rest?.play(() => ({ kind: 'slow', first: 1_500 }));
  const text = await (await chat(true)).text();
  expect(contentOf(text)).toBe(TEXT);
  expect(text).not.toContain('"error"');
  expect(text.match(/"finish_reason":"stop"/g)).toHaveLength(1);
});

test('who lost the race may still answer when the winner breaks off', async () => {
  const [winner, loser] = await open(2, ['mode: parallel'], ['retry: 0']);
  winner?.play(() => ({ kind: 'cut', after: 5, how: 'broken' }));
  loser?.play((attempt) => (attempt === 0 ? { kind: 'slow', first: 5_000 } : { kind: 'answer' }));
  const response = await chat(false);
  expect(response.status).toBe(200);
  expect(response.headers.get('x-nxs-provider')).toBe('p2');
});

test('a hedge that refuses the request does not end the slow answer', async () => {
  const [slow, picky] = await open(2, ['hedge_after: 0.2']);
  slow?.play(() => ({ kind: 'slow', first: 1_000 }));
  picky?.play(() => ({
    kind: 'error',
    status: 400,
    message: 'unknown parameter',
    code: 'unknown_parameter',
  }));
  const response = await chat(false);
  expect(response.status).toBe(200);
  expect(response.headers.get('x-nxs-provider')).toBe('p1');
});

test('a refusal that was held back is given when nobody answers after all', async () => {
  const [slow, picky] = await open(2, ['hedge_after: 0.2'], ['retry: 0']);
  slow?.play(() => ({ kind: 'cut', after: 0, how: 'broken' }));
  picky?.play(() => ({
    kind: 'error',
    status: 400,
    message: 'unknown parameter',
    code: 'unknown_parameter',
  }));
  const response = await chat(false);
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('unknown_parameter');
});

test('a client that leaves during a continuation takes it along', async () => {
  const [cut, rest] = await open(2, ['mid_stream: continue']);
  cut?.play(() => ({ kind: 'cut', after: 20, how: 'ended' }));
  rest?.play(() => ({ kind: 'silent' }));
  const gone = new AbortController();
  const reading = chat(true, gone.signal)
    .then((response) => response.text())
    .catch(() => null);
  await until(() => rest?.attempts().length === 1);
  gone.abort();
  await reading;
  await until(() => rest?.connections() === 0);
});

test('auto-detect on a server that is gone is told as refused, and asked no more than that', async () => {
  const [alive] = await open(1);
  const gone = await openUpstream({ model: 'x' });
  await gone.stop();
  const running = await startGateway(
    [
      'providers:',
      `  - { name: gone, base_url: "${gone.url}", model: auto-detect, priority: 1, circuit_breaker: { failure_threshold: 1 } }`,
      `  - { name: alive, base_url: "${alive?.url ?? ''}", model: m1, priority: 2 }`,
      '',
    ].join('\n'),
  );
  const response = await fetch(`${running.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ messages: [{ role: 'user', content: 'hello' }] }),
  });
  expect(response.headers.get('x-nxs-provider')).toBe('alive');
  expect(response.headers.get('x-nxs-attempts')).toBe('2');
  expect(running.gateway.view().providers[0]).toMatchObject({ state: 'open', reason: 'refused' });
  await running.close();
});

test('a client that reads nothing holds the provider back instead of filling our memory', async () => {
  const event = (delta: object, finish: string | null) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const EVENTS = 8_000;
  let written = 0;
  // It writes as fast as it is taken from it.
  const server = createServer((incoming, response) => {
    incoming.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const more = (): void => {
      while (written < EVENTS) {
        written += 1;
        if (!response.write(event({ content: 'x'.repeat(8_000) }, null))) {
          response.once('drain', more);
          return;
        }
      }
      response.end(`${event({}, 'stop')}data: [DONE]\n\n`);
    };
    more();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  gateway = await startGateway(
    `providers:\n  - { name: p1, base_url: "http://127.0.0.1:${String(port)}/v1", model: m }\n`,
  );
  const url = `${gateway.url}/v1/chat/completions`;
  const answer = await new Promise<IncomingMessage>((resolve) => {
    const body = JSON.stringify({ stream: true, messages: [{ role: 'user', content: 'hello' }] });
    request(url, { method: 'POST' }, resolve).end(body);
  });
  // Nothing is read: after a while nothing more is taken from the provider.
  let before = -1;
  await until(() => {
    const still = written === before;
    before = written;
    return still;
  });
  expect(written).toBeLessThan(EVENTS / 2);
  let read = 0;
  for await (const chunk of answer) read += (chunk as Buffer).length;
  expect(read).toBeGreaterThan(EVENTS * 8_000);
  server.close();
});

test('a provider that repeats our key in its error does not show it to the client', async () => {
  const [up] = await open(1, [], ['api_key: sk-very-secret-1']);
  up?.play(() => ({
    kind: 'error',
    status: 400,
    message: 'bad parameter for Bearer sk-very-secret-1',
    code: 'sk-very-secret-1',
  }));
  for (const stream of [false, true]) {
    const text = await (await chat(stream)).text();
    expect(text).toContain('bad parameter for Bearer ***');
    expect(text).not.toContain('sk-very-secret-1');
  }
});
