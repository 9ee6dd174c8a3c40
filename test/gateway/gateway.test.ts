import { request } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { TOKENS } from '../support/llm-answer.js';
import { until } from '../support/until.js';
import { openPair, type Pair, type PairOptions } from './support.js';

let pair: Pair | null = null;
afterEach(async () => {
  expect(pair?.gateway.thrown ?? []).toEqual([]);
  await pair?.close();
  pair = null;
});
const open = async (options?: PairOptions): Promise<Pair> => (pair = await openPair(options));
const FAILS = { kind: 'error', status: 500, message: 'broken', code: null } as const;
const TEXT = TOKENS.join('');

interface Answer {
  readonly model: string;
  readonly choices: readonly {
    readonly message: { readonly content: string };
    readonly finish_reason: string;
  }[];
  readonly usage?: object;
  readonly error?: { readonly message: string; readonly type: string; readonly code: string };
}
const bodyOf = async (response: Response) => (await response.json()) as Answer;

test('a whole answer comes from the first provider, under its own name', async () => {
  const { chat } = await open();
  const response = await chat();
  expect(response.status).toBe(200);
  expect(response.headers.get('x-nxs-provider')).toBe('first');
  expect(response.headers.get('x-nxs-attempts')).toBe('1');
  expect(response.headers.get('x-nxs-lane')).toBe('direct');
  const body = await bodyOf(response);
  expect(body.model).toBe('model-a');
  expect(body.choices[0]?.message.content).toBe(TEXT);
  expect(body.choices[0]?.finish_reason).toBe('stop');
  expect(body.usage).toBeDefined();
});

test('a stream ends with the finish that the provider gave, and has usage only when it was asked for', async () => {
  const { chat } = await open();
  const plain = await (await chat({ stream: true })).text();
  expect(plain).toContain('"finish_reason":"stop"');
  expect(plain.trimEnd().endsWith('data: [DONE]')).toBe(true);
  expect(plain).not.toContain('"usage":{');
  const counted = await (await chat({ stream: true, stream_options: { include_usage: true } })).text();
  expect(counted).toContain('"usage":{');
});

test('a provider that fails is replaced before the client sees anything, and the label says so', async () => {
  const { chat, primary } = await open();
  primary.play(() => FAILS);
  const response = await chat({ stream: true });
  expect(response.headers.get('x-nxs-provider')).toBe('second');
  expect(await response.text()).toContain('"model":"model-b"');
});

test('a refused connection opens the breaker after its threshold, and then nobody is sent there', async () => {
  const { chat, primary, gateway } = await open({
    primaryLines: ['circuit_breaker: { failure_threshold: 2 }'],
  });
  await primary.stop();
  for (let call = 0; call < 2; call += 1) expect((await chat()).headers.get('x-nxs-provider')).toBe('second');
  expect(gateway.gateway.view().providers.map(({ state }) => state)).toEqual(['open', 'closed']);
  expect((await chat()).headers.get('x-nxs-attempts')).toBe('1');
});

test('all down: 503 in OpenAI form, with the soonest time to come back', async () => {
  const { chat, primary, backup } = await open({
    primaryLines: ['circuit_breaker: { failure_threshold: 1, timeout_seconds: 30 }'],
    backupLines: ['circuit_breaker: { failure_threshold: 1, timeout_seconds: 7 }'],
  });
  primary.play(() => FAILS);
  backup.play(() => FAILS);
  await chat();
  const before = primary.attempts().length + backup.attempts().length;
  const response = await chat();
  expect(response.status).toBe(503);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(3);
  expect(Number(response.headers.get('retry-after'))).toBeLessThanOrEqual(7);
  const { error } = await bodyOf(response);
  expect(error).toMatchObject({ code: 'no_provider_available', type: 'service_unavailable_error' });
  expect(primary.attempts().length + backup.attempts().length).toBe(before);
});

test('a silent provider gets company after the limit and the answer comes from the other one', async () => {
  const { chat, primary, gateway } = await open({ failover: ['hedge_after: 0.2'] });
  primary.play(() => ({ kind: 'silent' }));
  const response = await chat();
  expect(response.headers.get('x-nxs-provider')).toBe('second');
  const view = gateway.gateway.view().providers[0];
  expect(view).toMatchObject({ state: 'closed', suspect: true });
  // While it is silent, others do not wait for it.
  expect((await chat()).headers.get('x-nxs-attempts')).toBe('1');
  expect(primary.attempts()).toHaveLength(1);
});

test('a slow provider that answers after all is trusted again', async () => {
  const { chat, primary, gateway } = await open({ failover: ['hedge_after: 0.1'] });
  primary.play(() => ({ kind: 'slow', first: 600 }));
  await chat();
  expect(gateway.gateway.view().providers[0]?.suspect).toBe(true);
  await until(() => gateway.gateway.view().providers[0]?.suspect === false);
  expect(gateway.gateway.view().providers[0]).toMatchObject({ state: 'closed', failures: 0 });
  await until(() => primary.connections() === 0);
});

test('the client goes: upstream is let go, nobody else is asked, and the breaker hears nothing', async () => {
  const { chat, primary, backup, gateway } = await open();
  primary.play(() => ({ kind: 'silent' }));
  const gone = new AbortController();
  const call = chat({ stream: true }, { signal: gone.signal }).catch(() => null);
  await until(() => primary.attempts().length === 1);
  gone.abort();
  await call;
  await until(() => primary.connections() === 0);
  expect(backup.attempts()).toHaveLength(0);
  expect(gateway.gateway.view().providers[0]).toMatchObject({ state: 'closed', failures: 0, suspect: false });
});

test('a stream that breaks after its first content ends in an error event, without finish and without [DONE]', async () => {
  const { chat, primary } = await open();
  primary.play(() => ({ kind: 'cut', after: 20, how: 'ended' }));
  const text = await (await chat({ stream: true })).text();
  expect(text).toContain('stream_interrupted');
  expect(text).not.toContain('[DONE]');
  expect(text).not.toContain('"finish_reason":"stop"');
});

test('with mid_stream: continue another provider goes on, and the client gets each word once', async () => {
  for (const continuation of ['continue', 'restart', 'refuse, then restart'] as const) {
    const { chat, primary, close } = await openPair({
      failover: ['mid_stream: continue'],
      backup: { continuation },
    });
    primary.play(() => ({ kind: 'cut', after: 20, how: 'broken' }));
    const text = await (await chat({ stream: true })).text();
    expect(contentOf(text)).toBe(TEXT);
    expect(text.match(/"finish_reason":"stop"/g)).toHaveLength(1);
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    await close();
  }
});

test('a client that does not stream never sees a cut answer', async () => {
  const { chat, primary } = await open();
  primary.play(() => ({ kind: 'cut', after: 20, how: 'broken' }));
  const response = await chat();
  expect(response.headers.get('x-nxs-provider')).toBe('second');
  expect((await bodyOf(response)).choices[0]?.message.content).toBe(TEXT);
});

test('the whole call never takes longer than the client allows', async () => {
  const { chat, primary, backup } = await open();
  primary.play(() => ({ kind: 'silent' }));
  backup.play(() => ({ kind: 'silent' }));
  const response = await chat(
    {},
    { headers: { 'content-type': 'application/json', 'x-nxs-timeout': '0.3' } },
  );
  expect(response.status).toBe(504);
  expect((await bodyOf(response)).error?.code).toBe('timeout');
  await until(() => primary.connections() === 0 && backup.connections() === 0);
});

test('two hundred requests on an expired breaker put exactly one on the provider', async () => {
  const { chat, primary, gateway } = await open({
    primaryLines: ['retry: 0', 'circuit_breaker: { failure_threshold: 1, timeout_seconds: 0.2 }'],
  });
  primary.play(() => FAILS);
  await chat();
  expect(primary.attempts()).toHaveLength(1);
  await until(() => Date.parse(gateway.gateway.view().providers[0]?.open_until ?? '') < Date.now());
  primary.play(() => ({ kind: 'silent' }));
  const answers = await Promise.all(Array.from({ length: 200 }, () => chat()));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(primary.attempts()).toHaveLength(2);
});

test('the error of a request that is itself at fault goes back as it is, and nobody else is bothered', async () => {
  const { chat, primary, backup } = await open();
  primary.play(() => ({
    kind: 'error',
    status: 400,
    message: 'rejected by the content policy',
    code: 'content_policy_violation',
  }));
  const response = await chat();
  expect(response.status).toBe(400);
  expect(await bodyOf(response)).toMatchObject({ error: { code: 'content_policy_violation' } });
  expect(backup.attempts()).toHaveLength(0);
});

test.each([
  ['{', 'invalid_json'],
  ['[]', 'invalid_json'],
  ['{"model":"auto"}', 'invalid_request'],
  ['{"model":7,"messages":[]}', 'invalid_request'],
  ['{"stream":"yes","messages":[]}', 'invalid_request'],
])('a bad request %s is told in one sentence and costs no call', async (body, code) => {
  const { chat, primary } = await open();
  const response = await chat({}, { body });
  expect(response.status).toBe(400);
  expect((await bodyOf(response)).error).toMatchObject({ code, type: 'invalid_request_error' });
  expect(primary.attempts()).toHaveLength(0);
});

test.each(['abc', '-1', '0'])('a time limit of %s is told, not passed over', async (limit) => {
  const { chat } = await open();
  const response = await chat(
    {},
    { headers: { 'content-type': 'application/json', 'x-nxs-timeout': limit } },
  );
  expect(response.status).toBe(400);
  expect((await bodyOf(response)).error?.message).toContain('x-nxs-timeout');
});

test('a page of another origin, and a foreign Host, get nothing', async () => {
  const { chat, gateway, primary } = await open();
  const evil = await chat({}, { headers: { 'content-type': 'text/plain', origin: 'https://evil.example' } });
  expect(evil.status).toBe(403);
  const rebound = await new Promise<number>((resolve) => {
    const sent = request(
      `${gateway.url}/v1/chat/completions`,
      { method: 'POST', headers: { host: 'evil.example' } },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    sent.end('{}');
  });
  expect(rebound).toBe(421);
  expect(primary.attempts()).toHaveLength(0);
});

test('a model that names a provider, or its model, prefers it; a pinned one gets no stand-in', async () => {
  const { chat, backup } = await open();
  expect((await chat({ model: 'second' })).headers.get('x-nxs-provider')).toBe('second');
  expect((await chat({ model: 'model-b' })).headers.get('x-nxs-provider')).toBe('second');
  expect((await chat({ model: 'gpt-whatever' })).headers.get('x-nxs-provider')).toBe('first');
  backup.play(() => FAILS);
  expect((await chat({ model: 'second' })).headers.get('x-nxs-provider')).toBe('first');
  const headers = { 'content-type': 'application/json', 'x-nxs-provider': 'second' };
  const pinned = await chat({}, { headers });
  expect(pinned.status).toBe(503);
  expect((await chat({}, { headers: { ...headers, 'x-nxs-provider': 'nobody' } })).status).toBe(400);
});

test('x-nxs-privacy keeps a request at home', async () => {
  const { chat } = await open({ primaryLines: ['location: remote'] });
  const headers = { 'content-type': 'application/json', 'x-nxs-privacy': 'local' };
  expect((await chat({}, { headers })).headers.get('x-nxs-provider')).toBe('second');
});

test('in a race the first content wins and the others are let go without blame', async () => {
  const { chat, primary, gateway } = await open({ failover: ['mode: parallel'] });
  primary.play(() => ({ kind: 'slow', first: 10_000 }));
  expect((await chat()).headers.get('x-nxs-provider')).toBe('second');
  await until(() => primary.connections() === 0);
  expect(gateway.gateway.view().providers[0]).toMatchObject({ state: 'closed', failures: 0 });
});

test('/v1/models lists what a request may name', async () => {
  const { gateway } = await open();
  const { data } = (await (await fetch(`${gateway.url}/v1/models`)).json()) as { data: { id: string }[] };
  expect(data.map(({ id }) => id)).toEqual(['auto', 'first', 'model-a', 'second', 'model-b']);
});

function contentOf(stream: string): string {
  return stream
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)) as { choices: { delta: { content?: string } }[] })
    .map(({ choices }) => choices[0]?.delta.content ?? '')
    .join('');
}
