// Every fault that the wire can cause, by a server that causes it.
import { createServer as createTlsServer } from 'node:https';
import dns from 'node:dns';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { AttemptRequest } from '../../../adapters/llm/attempt-types.js';
import { CERTIFICATE } from './support/certificate.js';
import { attemptAt, endpointAt, faultOf, testWire } from './support/attempts.js';
import { CHAT, chunk, deadOrigin, DONE, json, listen, serve, serveRaw, stream } from './support/servers.js';

type Fail = (error: Error) => void;

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n';

function framed(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

async function rawAnswer(answer: string | Buffer, how: 'end' | 'reset' = 'end'): Promise<string> {
  const server = await serveRaw((socket) => {
    socket.once('data', () => {
      if (how === 'end') socket.end(answer);
      else socket.write(answer, () => setTimeout(() => socket.resetAndDestroy(), 20));
    });
  });
  return server.origin;
}

async function faultAt(origin: string, more: Partial<AttemptRequest> = {}): Promise<string> {
  const told = attemptAt(testWire(), endpointAt(origin), more);
  const fault = faultOf(await told.end);
  expect(told.ends()).toBe(1);
  return fault;
}

describe('before any answer', () => {
  it('a port on which nobody listens is refused', async () => {
    expect(await faultAt(await deadOrigin())).toBe('refused');
  });

  it('a connection that is reset is a reset', async () => {
    const server = await serveRaw((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await faultAt(server.origin)).toBe('reset');
    expect(server.made()).toBe(1);
  });

  it('a connection that is closed without a word is a reset', async () => {
    expect(await faultAt(await rawAnswer(''))).toBe('reset');
  });

  it('a name that nobody knows is dns', async () => {
    // The resolver of the test stands in for the machine's, which must not be asked about names beyond loopback.
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((_: string, __: object, done: Fail) => {
      done(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }));
    }) as unknown as typeof dns.lookup);
    onTestFinished(() => lookup.mockRestore());
    expect(await faultAt('http://localhost:9')).toBe('dns');
  });

  it('a certificate that nobody vouches for is tls', async () => {
    const server = await listen(
      createTlsServer(CERTIFICATE, (_, response) => response.end()),
      'https',
    );
    expect(await faultAt(server.origin.replace('127.0.0.1', 'localhost'))).toBe('tls');
  });

  it('what is no HTTP is malformed', async () => {
    expect(await faultAt(await rawAnswer('SSH-2.0-OpenSSH_9.2\r\n'))).toBe('malformed');
  });
});

describe('a stream', () => {
  it.each([
    [
      'cut by a reset before its content is a reset',
      HEAD + framed(chunk({ role: 'assistant' })),
      'reset',
      'reset',
    ],
    [
      'cut by a reset after its content is truncated',
      HEAD + framed(chunk({ content: 'x' })),
      'reset',
      'truncated',
    ],
    [
      'that ends without a finish_reason is truncated',
      `${HEAD}${framed(chunk({ content: 'x' }))}0\r\n\r\n`,
      'end',
      'truncated',
    ],
    [
      'with [DONE] and no finish_reason is truncated',
      `${HEAD}${framed(chunk({ content: 'x' }) + DONE)}0\r\n\r\n`,
      'end',
      'truncated',
    ],
    ['without any event is truncated', `${HEAD}0\r\n\r\n`, 'end', 'truncated'],
    [
      'with an event that is no JSON is malformed',
      HEAD + framed(`${chunk({ content: 'x' })}data: {"choi\n\n`),
      'end',
      'malformed',
    ],
    [
      'with an endless event is malformed',
      HEAD + framed(`data: ${'x'.repeat(1_100_000)}`),
      'end',
      'malformed',
    ],
    [
      'with an error of no known kind is malformed',
      HEAD + framed('data: {"error":{"message":"eh"}}\n\n'),
      'end',
      'malformed',
    ],
    [
      'with a rate limit inside is rate_limited',
      HEAD + framed('data: {"error":{"code":429,"message":"slow down"}}\n\n'),
      'end',
      'rate_limited',
    ],
    [
      'reset after its finish_reason is whole',
      HEAD + framed(chunk({ content: 'x' }, 'stop')),
      'reset',
      'complete',
    ],
    [
      'with an error after its finish_reason is whole',
      HEAD + framed(`${chunk({ content: 'x' }, 'stop')}data: {"error":{"code":500}}\n\n`),
      'end',
      'complete',
    ],
  ] as const)('%s', async (_, answer, how, fault) => {
    expect(await faultAt(await rawAnswer(answer, how))).toBe(fault);
  });

  it('keeps the words of an error inside it for the client', async () => {
    const error = { error: { code: 502, message: 'upstream' } };
    const server = await serve((_, response) => stream(response, `data: ${JSON.stringify(error)}\n\n`));
    const told = attemptAt(testWire(), endpointAt(server.origin));
    expect(await told.end).toMatchObject({
      observation: { fault: 'server_error' },
      response: { json: error },
    });
    expect(told.events).toEqual([]);
  });

  it('cut at any byte never looks whole before its finish_reason has come', async () => {
    const whole = Buffer.from(
      HEAD + framed(chunk({ content: 'Hel' })) + framed(chunk({ content: 'lo' }, 'stop')),
    );
    const finish = whole.indexOf('"finish_reason":"stop"') + '"finish_reason":"stop"'.length;
    let cut = 0;
    const server = await serveRaw((socket) => {
      socket.once('data', () => socket.end(whole.subarray(0, cut)));
    });
    const wire = testWire();
    for (cut = 0; cut < finish; cut += 1) {
      const end = await attemptAt(wire, endpointAt(server.origin)).end;
      expect([cut, faultOf(end)]).toEqual([cut, expect.stringMatching(/^(reset|truncated|malformed)$/)]);
    }
  });
});

describe('a plain answer', () => {
  const plain = { form: 'plain' } as const;

  it.each([
    ['HTML', '<!doctype html><title>Sign in</title>', 'malformed'],
    ['nothing', '', 'malformed'],
    ['a list', '[]', 'malformed'],
    ['JSON without choices', '{"ok":true}', 'malformed'],
    ['an error in a 200', '{"error":{"message":"eh"}}', 'malformed'],
    ['a server error in a 200', '{"error":{"code":502,"message":"eh"}}', 'server_error'],
  ])('that is %s is %s', async (_, body, fault) => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': body.startsWith('<') ? 'text/html' : 'application/json' });
      response.end(body);
    });
    expect(await faultAt(server.origin, plain)).toBe(fault);
    expect(await faultAt(server.origin)).toBe(fault);
  });

  it('that breaks off is truncated', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n';
    expect(await faultAt(await rawAnswer(`${head}{"choices":[`), plain)).toBe('truncated');
  });

  it('of more than 64 MB is malformed, and not kept', async () => {
    const piece = Buffer.alloc(1024 * 1024, 0x20);
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => void response.write(piece, (error) => error ?? more());
      more();
    });
    expect(await faultAt(server.origin, plain)).toBe('malformed');
  });

  it('that is a redirect is malformed and not followed', async () => {
    const elsewhere = await serve((_, response) => json(response, CHAT));
    const server = await serve((_, response) => {
      response.writeHead(307, { location: `${elsewhere.origin}/v1/chat/completions` }).end();
    });
    expect(await faultAt(server.origin, plain)).toBe('malformed');
    expect(elsewhere.made()).toBe(0);
  });
});

describe('an error answer', () => {
  it.each([
    [401, 'unauthorized'],
    [402, 'payment'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [408, 'request_timeout'],
    [409, 'conflict'],
    [413, 'too_large'],
    [429, 'rate_limited'],
    [500, 'server_error'],
    [503, 'server_error'],
    [529, 'server_error'],
    [400, 'bad_request'],
  ])('%i is %s', async (status, fault) => {
    const server = await serve((_, response) => json(response, { error: { message: 'eh' } }, status));
    expect(await faultAt(server.origin)).toBe(fault);
  });

  it('is told with its body and the wait that it asks for', async () => {
    const body = { error: { message: 'secret prompt', type: 'rate_limit_error' } };
    const server = await serve((_, response) => {
      response.setHeader('Retry-After', '7');
      json(response, body, 429);
    });
    const end = await attemptAt(testWire(), endpointAt(server.origin)).end;
    expect(end).toMatchObject({
      observation: { fault: 'rate_limited', status: 429, retryAfter: 7_000 },
      response: { status: 429, json: body },
    });
    expect(end.kind === 'fault' && end.observation.detail).not.toContain('secret');
  });

  it('with a body that never ends is judged by what has come', async () => {
    const server = await serve((_, response) => {
      response.writeHead(500);
      response.write('oh');
    });
    const began = performance.now();
    expect(await faultAt(server.origin)).toBe('server_error');
    expect(performance.now() - began).toBeLessThan(4_000);
  });

  it('with a huge body is judged by its first 64 kB', async () => {
    const server = await serve((_, response) => {
      response.writeHead(500);
      const more = (): void => void response.write('x'.repeat(65_536), (error) => error ?? more());
      more();
    });
    const began = performance.now();
    expect(await faultAt(server.origin)).toBe('server_error');
    expect(performance.now() - began).toBeLessThan(1_500);
  });
});
