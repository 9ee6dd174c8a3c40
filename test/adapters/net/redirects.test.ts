// Where a server may lead a call of ours.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { mayLeadTo, openNet } from '../../../adapters/net/fetch.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

test.each([
  ['https://api.github.com', 'http://codeload.github.com'],
  ['https://api.github.com', 'https://127.0.0.1'],
  ['https://api.github.com', 'https://localhost'],
  ['https://api.github.com', 'https://169.254.169.254'],
  ['https://api.github.com', 'https://metadata.google.internal'],
  ['https://api.github.com', 'https://10.0.0.1'],
  ['https://api.github.com', 'https://172.20.0.1'],
  ['https://api.github.com', 'https://[::1]'],
  ['https://api.github.com', 'https://[fd00::1]'],
  ['http://192.0.2.1', 'http://2130706433'],
])('%s leads neither into the clear nor inside (%s)', (first, hop) => {
  expect(mayLeadTo(new URL(first), new URL(hop))).toBe(false);
});

test.each([
  ['https://api.github.com', 'https://codeload.github.com'],
  ['https://git.corp.example', 'https://files.corp.example'],
  ['https://10.0.0.1', 'https://10.0.0.2'],
  ['http://127.0.0.1:1', 'http://127.0.0.1:2'],
])('%s may lead to %s', (first, hop) => {
  expect(mayLeadTo(new URL(first), new URL(hop))).toBe(true);
});

async function serve(
  answer: (url: string) => string | null,
): Promise<{ url: string; heard: (string | undefined)[] }> {
  const heard: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    heard.push(request.headers.authorization);
    const location = answer(request.url ?? '');
    if (location === null) response.end('there');
    else response.writeHead(302, { location }).end();
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, heard };
}

test('a token does not go along to another origin', async () => {
  const other = await serve(() => null);
  const first = await serve(() => `${other.url}/x`);
  const net = openNet({ env: {}, silence: 5_000 });
  const reply = await net.fetch(first.url, { headers: { authorization: 'Bearer planted-secret' } });
  expect(await reply.text()).toBe('there');
  expect([first.heard, other.heard]).toEqual([['Bearer planted-secret'], [undefined]]);
  await net.close();
});
