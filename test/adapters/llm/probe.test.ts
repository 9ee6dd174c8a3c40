import { expect, it } from 'vitest';
import { probe } from '../../../adapters/llm/probe.js';
import { endpointAt, testWire } from './support/attempts.js';
import { deadOrigin, json, serve, serveRaw } from './support/servers.js';

it.each([
  [200, 'good', null],
  [401, 'bad', 'unauthorized'],
  [403, 'bad', 'forbidden'],
  [404, 'good', null],
  [405, 'good', null],
  [501, 'good', null],
  [429, 'unknown', 'rate_limited'],
  [500, 'bad', 'server_error'],
  [503, 'bad', 'server_error'],
  [302, 'bad', 'malformed'],
] as const)('a list answered with %i is %s', async (status, state, fault) => {
  const methods: string[] = [];
  const server = await serve((request, response) => {
    methods.push(`${request.method ?? ''} ${request.url ?? ''}`);
    json(response, status === 200 ? { data: [{ id: 'm' }] } : { error: { message: 'eh' } }, status);
  });
  const found = await probe(testWire(), endpointAt(server.origin), 5_000);
  expect(found).toMatchObject({ state, fault, models: status === 200 ? ['m'] : null });
  expect(methods).toEqual(['GET /v1/models']);
});

it('a refused connection and a silent server are bad', async () => {
  const refused = await probe(testWire(), endpointAt(await deadOrigin()), 5_000);
  expect(refused).toMatchObject({ state: 'bad', fault: 'refused' });
  const server = await serveRaw((socket) => socket.resume());
  const silent = await probe(testWire(), endpointAt(server.origin), 100);
  expect(silent).toMatchObject({ state: 'bad', fault: 'no_first_byte' });
  expect(silent.ms).toBeLessThan(2_000);
});

it('a page instead of a list is somebody, without models', async () => {
  const server = await serve((_, response) => response.end('<html></html>'));
  expect(await probe(testWire(), endpointAt(server.origin), 5_000)).toMatchObject({
    state: 'good',
    models: null,
  });
});
