import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { NxsError } from '../../domain/errors.js';
import { startFront, type Front } from '../../workers/front.js';
import type { HttpSettings } from '../../workers/front/listen-host.js';
import type { Route } from '../../workers/front/route.js';
import { frontRoutes, indexRoute } from '../../workers/front/routes.js';
import type { ControlPlaneStatus } from '../../workers/front/status.js';

const STATUS: ControlPlaneStatus = {
  node: 'home',
  pid: 1,
  pids: { worker: 2, temporal: null },
  restarts: { worker: 3, temporal: 0 },
  started: '2026-11-23T21:00:00.000Z',
  configured: '2026-11-23T21:00:00.000Z',
  uptime: 5,
  urls: { http: 'h', temporal: 't', ui: null },
  ready: true,
  checks: { config: true, worker: true, temporal: true },
  detail: null,
};
const fronts: Front[] = [];
let lines: string[] = [];
let errors: unknown[] = [];

afterEach(async () => {
  for (const front of fronts.splice(0)) await front.close();
  lines = [];
  errors = [];
});

describe('the front', () => {
  it('answers its routes, with HEAD for every GET', async () => {
    const front = await start({});
    expect(await get(front, '/healthz')).toMatchObject({ status: 200, body: '{"alive":true}\n' });
    expect((await get(front, '/')).body).toContain('GET /readyz');
    expect(JSON.parse((await get(front, '/api/status?x=1')).body)).toMatchObject({
      node: 'home',
      backup: 'green',
    });
    expect((await get(front, '/metrics')).body).toContain('nxs_child_restarts_total{child="worker"} 3');
    const head = await get(front, '/healthz', { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, body: '' });
    expect(head.headers['content-length']).toBe('15');
  });

  it('says in /readyz what is missing', async () => {
    const checks = { config: true, worker: true, temporal: false };
    const front = await start({ status: { ...STATUS, ready: false, checks, detail: 'waiting' } });
    const { status, body } = await get(front, '/readyz');
    expect([status, JSON.parse(body)]).toEqual([503, { ready: false, checks, detail: 'waiting' }]);
  });

  it('keeps /api/status when a part of it fails', async () => {
    const front = await start({ parts: () => Promise.reject(new Error('journal is away')) });
    const { status, body } = await get(front, '/api/status');
    expect([status, JSON.parse(body)]).toMatchObject([200, { node: 'home', partsError: 'journal is away' }]);
  });

  it('answers 404, 405 with Allow, 413, 421, 403 in JSON with security headers', async () => {
    const front = await start({});
    expect(await get(front, '/nowhere')).toMatchObject({ status: 404 });
    const wrong = await get(front, '/healthz', { method: 'POST' });
    expect([wrong.status, wrong.headers['allow']]).toEqual([405, 'GET, HEAD']);
    expect(await get(front, '/healthz', { headers: { 'content-length': '999999' } })).toMatchObject({
      status: 413,
    });
    expect(await get(front, '/healthz', { headers: { host: 'evil.example' } })).toMatchObject({
      status: 421,
    });
    const foreign = await get(front, '/healthz', { headers: { origin: 'https://evil.example' } });
    expect(foreign.status).toBe(403);
    expect(JSON.parse(foreign.body)).toMatchObject({ error: { status: 403 } });
    expect(foreign.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    });
  });

  it('answers 500 for a route that throws, without telling what, and lives on', async () => {
    const bad: Route = {
      method: 'GET',
      path: '/bad',
      summary: null,
      handle: () => Promise.reject(new Error('planted-secret')),
    };
    const ours: Route = {
      ...bad,
      path: '/held',
      handle: () => Promise.reject(new NxsError('LOCKED', 'Held by another run.')),
    };
    const front = await start({ routes: [bad, ours] });
    const answer = await get(front, '/bad');
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain('planted-secret');
    expect(await get(front, '/held')).toMatchObject({ status: 409 });
    expect(errors).toHaveLength(2);
    expect(await get(front, '/healthz')).toMatchObject({ status: 200 });
  });

  it('gives exact paths precedence over prefixes, and a route of another part the place of the index', async () => {
    const say = (path: string): Route => ({
      method: 'GET',
      path,
      summary: null,
      handle: (_request, response) => void response.end(path),
    });
    const front = await start({ routes: [say('/v1/*'), say('/v1/models'), say('/')] });
    expect((await get(front, '/v1/models')).body).toBe('/v1/models');
    expect((await get(front, '/v1/chat/completions')).body).toBe('/v1/*');
    expect((await get(front, '/')).body).toBe('/');
  });

  it('falls to the next free port and says so', async () => {
    const first = await start({});
    const second = await start({ http: { port: first.port } });
    expect(second.port).toBeGreaterThan(first.port);
    expect(lines).toEqual([`port ${first.port} is taken; gateway and dashboard are on port ${second.port}`]);
    expect((await get(second, '/healthz')).status).toBe(200);
  });

  it.each(['0.0.0.0', '::', '192.0.2.1'])('refuses to listen on %s without a token', async (host) => {
    await expect(start({ http: { host } })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('says which address cannot be listened on', async () => {
    await expect(start({ http: { host: '192.0.2.1', token: 'planted-secret' } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/192\.0\.2\.1(?!.*planted)/) as string,
    });
  });

  it('takes no new connections once it is stopping', async () => {
    const front = await start({});
    front.stopAccepting();
    await expect(get(front, '/healthz')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('shuts out who guesses the token, even with the right one, and nobody else', async () => {
    const front = await start({ http: { token: 'planted-secret' } });
    const ask = (from: string, token: string) =>
      get(front, '/healthz', { headers: { 'x-forwarded-for': from, authorization: `Bearer ${token}` } });
    for (let count = 0; count < 10; count++) expect((await ask('10.0.0.9', 'guess')).status).toBe(401);
    const shut = await ask('10.0.0.9', 'planted-secret');
    expect([shut.status, shut.headers['retry-after']]).toEqual([429, '60']);
    expect((await ask('10.0.0.8', 'planted-secret')).status).toBe(200);
    expect((await get(front, '/healthz')).status).toBe(200);
  });

  it('does not count who brings no token at all', async () => {
    const front = await start({ http: { token: 'planted-secret' } });
    const headers = { 'x-forwarded-for': '10.0.0.9' };
    for (let count = 0; count < 12; count++)
      expect((await get(front, '/healthz', { headers })).status).toBe(401);
    const authorization = 'Bearer planted-secret';
    expect((await get(front, '/healthz', { headers: { ...headers, authorization } })).status).toBe(200);
  });

  it('is no part of a page of somebody else', async () => {
    const front = await start({});
    const part = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' };
    expect((await get(front, '/healthz', { headers: part })).status).toBe(403);
    const link = { ...part, 'sec-fetch-dest': 'document' };
    expect((await get(front, '/healthz', { headers: link })).status).toBe(200);
  });

  it('survives bytes that are no HTTP', async () => {
    const front = await start({});
    const socket = connect(front.port, '127.0.0.1');
    socket.end('\0\x01nonsense\r\n\r\n');
    await new Promise((done) => socket.resume().once('close', done));
    expect(await get(front, '/healthz')).toMatchObject({ status: 200 });
  });
});

interface Start {
  readonly http?: Partial<HttpSettings>;
  readonly status?: ControlPlaneStatus;
  readonly parts?: () => Promise<Readonly<Record<string, unknown>>>;
  readonly routes?: readonly Route[];
}

async function start({ http, status = STATUS, parts, routes = [] }: Start): Promise<Front> {
  const statusParts = parts ?? (() => Promise.resolve({ backup: 'green', node: 'not mine to say' }));
  const metricParts = () => Promise.resolve('nxs_other 1\n');
  const own = [
    ...routes,
    ...frontRoutes({ status: () => Promise.resolve(status), statusParts, metricParts }),
  ];
  const front = await startFront({
    http: { host: '127.0.0.1', port: 0, ...http },
    routes: () => [...own, indexRoute(own)],
    say: (line) => lines.push(line),
    onError: (error) => errors.push(error),
  });
  fronts.push(front);
  return front;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

// node:http and not fetch(), which forbids setting Host and Origin.
function get(
  front: Front,
  path: string,
  options: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      { port: front.port, host: '127.0.0.1', path, agent: false, ...options },
      (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      },
    );
    call.on('error', reject);
    call.end();
  });
}
