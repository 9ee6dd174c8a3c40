// The gateway's own key: asked for on this machine too, and instead of http.token, never instead of the checks of Host and Origin.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openUpstream, type ScriptedUpstream } from '../support/llm-upstream.js';
import { startGateway, type RunningGateway } from '../support/llm-gateway.js';

let up: ScriptedUpstream;
let gateway: RunningGateway;
beforeEach(async () => {
  up = await openUpstream({ model: 'm' });
  gateway = await startGateway(
    `providers:\n  - { name: p, base_url: "${up.url}", model: m }\n`,
    {},
    'http: { token: "front-token" }\ngateway: { api_key: "client-key" }\n',
  );
});
afterEach(async () => {
  await gateway.close();
  await up.close();
});

function ask(headers: Record<string, string>): Promise<Response> {
  return fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'hello' }] }),
  });
}

test('with the key a client is served, and the key goes no further', async () => {
  expect((await ask({ authorization: 'Bearer client-key' })).status).toBe(200);
});

test.each([{}, { authorization: 'Bearer wrong' }, { authorization: 'Bearer front-token' }])(
  'without it, %o, it is told in OpenAI form and no provider is called',
  async (headers) => {
    const response = await ask(headers);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_api_key' } });
    expect((await fetch(`${gateway.url}/v1/models`)).status).toBe(401);
    expect(up.attempts()).toHaveLength(0);
  },
);

test('who guesses it from elsewhere is shut out; a program with an old key here shuts out nobody', async () => {
  const key = { authorization: 'Bearer client-key' };
  for (const from of [{ 'x-forwarded-for': '192.0.2.1' }, {}])
    for (let count = 0; count < 10; count++)
      expect((await ask({ ...from, authorization: 'Bearer guess' })).status).toBe(401);
  const shut = await ask({ 'x-forwarded-for': '192.0.2.1', ...key });
  expect([shut.status, shut.headers.get('retry-after')]).toEqual([429, '60']);
  expect(await shut.json()).toMatchObject({ error: { code: 'too_many_wrong_keys' } });
  expect((await ask({ 'x-forwarded-for': '192.0.2.2', ...key })).status).toBe(200);
  expect((await ask(key)).status).toBe(200);
});

test('the key of a client opens nothing else, and no other origin', async () => {
  // A proxy on this machine speaks for somebody else, so the front's own token is needed.
  const outside = { authorization: 'Bearer client-key', 'x-forwarded-for': '192.0.2.1' };
  expect((await fetch(`${gateway.url}/api/providers`, { headers: outside })).status).toBe(401);
  expect((await ask(outside)).status).toBe(200);
  expect((await ask({ ...outside, origin: 'https://evil.example' })).status).toBe(403);
});
