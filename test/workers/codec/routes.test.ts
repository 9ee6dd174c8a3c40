// The codec endpoint behind the real front: who may use it, from which page, and what it makes of what it is sent.
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { openCodec } from '../../../adapters/temporal/payload-codec.js';
import type { EncryptedSettings } from '../../../adapters/temporal/payload-key.js';
import { payloadsBody } from '../../../workers/codec/messages.js';
import { openPace } from '../../../workers/codec/pace.js';
import { codecRoutes } from '../../../workers/codec/routes.js';
import { startFront, type Front } from '../../../workers/front.js';

const KEY = { id: 'a', key: randomBytes(32).toString('base64') };
const UI = 'http://127.0.0.1:8233';
const TOKEN = 'planted-codec-token';
const PLAIN = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"hello"') };
const fronts: Front[] = [];

afterEach(async () => {
  for (const front of fronts.splice(0)) await front.close();
});

async function start(codec: { token?: string; origins?: string[] } = {}, httpToken?: string): Promise<Front> {
  const settings: EncryptedSettings = { encryption: { keys: [KEY], codec } };
  const routes = codecRoutes({ settings, httpToken, ui: () => UI });
  const front = await startFront({
    http: { host: '127.0.0.1', port: 0, ...(httpToken === undefined ? {} : { token: httpToken }) },
    routes: () => routes,
    say: () => undefined,
    onError: () => undefined,
  });
  fronts.push(front);
  return front;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

function send(
  front: Front,
  path: string,
  headers: Record<string, string>,
  body: unknown,
  method = 'POST',
): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: front.port, path, method, headers };
    const sent = request(options, (response) => {
      let heard = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (heard += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: heard }),
      );
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

async function sealed(): Promise<object> {
  return payloadsBody(await openCodec([KEY]).encode([PLAIN]));
}

describe('the codec endpoint', () => {
  it('decodes what it encoded, leaves plain payloads and those of other keys as they are', async () => {
    const front = await start();
    const encoded = await send(front, '/codec/encode', {}, payloadsBody([PLAIN]));
    expect([encoded.status, encoded.body]).toEqual([200, expect.not.stringContaining('ImhlbGxvIg')]);
    const mine = (JSON.parse(encoded.body) as { payloads: object[] }).payloads;
    const other = openCodec([{ id: 'b', key: KEY.key }]);
    const lost = (payloadsBody(await other.encode([PLAIN])) as { payloads: object[] }).payloads;
    const plain = (payloadsBody([PLAIN]) as { payloads: object[] }).payloads;
    const decoded = await send(front, '/codec/decode', {}, { payloads: [...mine, ...lost, ...plain] });
    expect(JSON.parse(decoded.body)).toEqual({ payloads: [...plain, ...lost, ...plain] });
  });

  it('is not there without a key', () => {
    expect(codecRoutes({ settings: {}, httpToken: undefined, ui: () => null })).toEqual([]);
  });

  it.each([
    '',
    '{',
    '[]',
    '{"payloads":1}',
    '{"payloads":[{"data":"%"}]}',
    '{"payloads":[{"metadata":{"a":1}}]}',
  ])('answers 400 to %j', async (body) => {
    expect((await send(await start(), '/codec/decode', {}, body)).status).toBe(400);
  });

  it('refuses a body that is too large, with and without its length said', async () => {
    const front = await start();
    const large = `{"payloads":[{"data":"${'A'.repeat(9 * 1024 * 1024)}"}]}`;
    const answers = [{}, { 'transfer-encoding': 'chunked' }].map((headers: Record<string, string>) =>
      send(front, '/codec/decode', headers, large).then(
        ({ status }) => status,
        () => 413,
      ),
    );
    expect(await Promise.all(answers)).toEqual([413, 413]);
  });

  it('lets in the page of our web UI and the origins of the config, and no other one', async () => {
    const front = await start({ origins: ['https://temporal.example'] });
    const body = await sealed();
    for (const origin of [UI, 'http://localhost:8233', 'https://temporal.example']) {
      const { status, headers } = await send(front, '/codec/decode', { origin }, body);
      expect([status, headers['access-control-allow-origin'], headers['vary']]).toEqual([
        200,
        origin,
        'Origin',
      ]);
    }
    for (const origin of ['http://127.0.0.1:8234', 'https://evil.example', 'null', `${UI}.evil.example`]) {
      const { status, headers, body: said } = await send(front, '/codec/decode', { origin }, body);
      expect([status, headers['access-control-allow-origin']]).toEqual([403, undefined]);
      expect(said).not.toContain('ImhlbGxvIg');
    }
  });

  it('answers the preflight of those pages alone', async () => {
    const front = await start();
    const asks = (origin: string, path = '/codec/decode') =>
      send(
        front,
        path,
        {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type,x-namespace',
        },
        '',
        'OPTIONS',
      );
    expect(await asks(UI)).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': UI,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'authorization,content-type,x-namespace',
      },
    });
    const evil = await asks('https://evil.example');
    expect([evil.status, evil.headers['access-control-allow-origin']]).toEqual([403, undefined]);
    expect((await asks(UI, '/nowhere')).headers['access-control-allow-origin']).toBeUndefined();
    const rebound = { host: 'evil.example', origin: UI, 'access-control-request-method': 'POST' };
    expect((await send(front, '/codec/decode', rebound, '', 'OPTIONS')).status).toBe(421);
  });

  it('asks everybody for its own token where it has one, also on this machine', async () => {
    const front = await start({ token: TOKEN }, 'planted-http-token');
    const body = await sealed();
    const status = async (headers: Record<string, string>) =>
      (await send(front, '/codec/decode', headers, body)).status;
    expect(await status({})).toBe(401);
    expect(await status({ authorization: 'Bearer planted-http-token' })).toBe(401);
    expect(await status({ authorization: `Bearer ${TOKEN}` })).toBe(200);
  });

  it('asks who comes through a proxy for http.token, and lets nobody through one without it', async () => {
    const body = await sealed();
    const far = { 'x-forwarded-for': '192.0.2.7' };
    const keyed = await start({}, 'planted-http-token');
    const bearer = { authorization: 'Bearer planted-http-token' };
    expect((await send(keyed, '/codec/decode', {}, body)).status).toBe(200);
    expect((await send(keyed, '/codec/decode', far, body)).status).toBe(401);
    expect((await send(keyed, '/codec/decode', { ...far, ...bearer }, body)).status).toBe(200);
    expect((await send(await start(), '/codec/decode', far, body)).status).toBe(401);
  });

  it('slows down who guesses tokens, and not who has it', async () => {
    const front = await start({ token: TOKEN });
    const statuses = new Set<number>();
    for (let n = 0; n < 25; n++) statuses.add((await send(front, '/codec/decode', {}, '{}')).status);
    expect([...statuses].sort()).toEqual([401, 429]);
    const authorization = `Bearer ${TOKEN}`;
    expect((await send(front, '/codec/decode', { authorization }, await sealed())).status).toBe(200);
  });
});

it('takes no token any more from whoever gave ten wrong ones, and takes it from everybody else', async () => {
  const front = await start({ token: TOKEN });
  const body = await sealed();
  const status = async (token: string, from: string) =>
    (await send(front, '/codec/decode', { authorization: `Bearer ${token}`, 'x-forwarded-for': from }, body))
      .status;
  for (let n = 0; n < 10; n++) expect(await status(`guess ${n}`, '192.0.2.7')).toBe(401);
  expect(await status(TOKEN, '192.0.2.7')).toBe(429);
  expect(await status(TOKEN, '198.51.100.9')).toBe(200);
});

describe('the pace', () => {
  it('lets a burst through, then as many as come back', () => {
    let now = 0;
    const take = openPace({ burst: 3, perSecond: 2 }, () => now);
    expect([take(), take(), take(), take()]).toEqual([true, true, true, false]);
    now = 1000;
    expect([take(), take(), take()]).toEqual([true, true, false]);
    now = 500;
    expect(take()).toBe(false);
    now = 1_000_000;
    expect([take(), take(), take(), take()]).toEqual([true, true, true, false]);
  });
});
