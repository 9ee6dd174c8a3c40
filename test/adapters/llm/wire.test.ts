import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CERTIFICATE } from './support/certificate.js';
import { attemptAt, endpointAt, faultOf, testWire } from './support/attempts.js';
import { CHAT, chunk, json, listen, serve, serveRaw, stream } from './support/servers.js';
import type { TestServer } from './support/servers.js';

const PLAIN = { form: 'plain' } as const;
const certFile = join(mkdtempSync(join(tmpdir(), 'ca-')), 'ca.pem');
writeFileSync(certFile, CERTIFICATE.cert);
const TRUST = { SSL_CERT_FILE: certFile };

/** A proxy that takes every name for this machine, and notes what it was asked. */
async function proxyTo(target: TestServer): Promise<{ server: TestServer; asked: string[] }> {
  const asked: string[] = [];
  const proxy = createHttpServer((request, response) => {
    asked.push(
      `${request.method ?? ''} ${request.url ?? ''} ${request.headers['proxy-authorization'] ?? ''}`.trim(),
    );
    json(response, CHAT);
  });
  proxy.on('connect', (request, socket, head) => {
    asked.push(`CONNECT ${request.url ?? ''} ${request.headers['proxy-authorization'] ?? ''}`.trim());
    const out = connect(target.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      if (head.length > 0) out.write(head);
      out.pipe(socket).pipe(out);
    });
    out.on('error', () => socket.destroy());
    socket.on('error', () => out.destroy());
  });
  return { server: await listen(proxy), asked };
}

async function tlsServer(): Promise<TestServer> {
  return listen(
    createTlsServer(CERTIFICATE, (_, response) => json(response, CHAT)),
    'https',
  );
}

describe('TLS', () => {
  it('trusts the authorities in SSL_CERT_FILE', async () => {
    const server = await tlsServer();
    const endpoint = endpointAt(`https://localhost:${server.port}`);
    expect(faultOf(await attemptAt(testWire({ env: TRUST }), endpoint, PLAIN).end)).toBe('complete');
    expect(faultOf(await attemptAt(testWire(), endpoint, PLAIN).end)).toBe('tls');
  });

  it('goes on without a file that cannot be used, and says so', () => {
    const wire = testWire({ env: { SSL_CERT_FILE: join(tmpdir(), 'none.pem') } });
    expect(wire.problems).toEqual([expect.stringMatching(/^SSL_CERT_FILE names a file that cannot be used/)]);
  });
});

describe('a proxy', () => {
  it('tunnels https, with its own credentials and without the key', async () => {
    const proxy = await proxyTo(await tlsServer());
    const uri = proxy.server.origin.replace('//', '//user:p%40ss@');
    const wire = testWire({ env: { ...TRUST, HTTPS_PROXY: uri } });
    const endpoint = endpointAt('https://provider.test', { apiKey: 'sk-1' });
    expect(faultOf(await attemptAt(wire, endpoint, PLAIN).end)).toBe('complete');
    // The connection is free again once the turn in which its answer ended is over.
    await new Promise(setImmediate);
    expect(faultOf(await attemptAt(wire, endpoint, PLAIN).end)).toBe('complete');
    const basic = Buffer.from('user:p@ss').toString('base64');
    expect(proxy.asked).toEqual([`CONNECT provider.test:443 Basic ${basic}`]);
  });

  it('gets plain http with its whole URL', async () => {
    const proxy = await proxyTo(await serve((_, response) => response.end()));
    const wire = testWire({ env: { http_proxy: proxy.server.origin } });
    expect(faultOf(await attemptAt(wire, endpointAt('http://provider.test:8000'), PLAIN).end)).toBe(
      'complete',
    );
    expect(proxy.asked).toEqual(['POST http://provider.test:8000/v1/chat/completions']);
  });

  it('is not asked for this machine, nor for what NO_PROXY names', async () => {
    const server = await serve((_, response) => json(response, CHAT));
    const proxy = await proxyTo(server);
    const env = { HTTP_PROXY: proxy.server.origin, ALL_PROXY: proxy.server.origin };
    expect(faultOf(await attemptAt(testWire({ env }), endpointAt(server.origin), PLAIN).end)).toBe(
      'complete',
    );
    expect(proxy.asked).toEqual([]);
  });

  it.each([
    ['refuses', 'HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n', 'the proxy answered 403'],
    ['hangs up', '', 'the proxy hung up'],
  ])('that %s is asked once, and the provider counts as refused', async (_, answer, detail) => {
    const proxy = await serveRaw((socket) => socket.once('data', () => socket.end(answer)));
    const wire = testWire({ env: { HTTPS_PROXY: proxy.origin } });
    const end = await attemptAt(wire, endpointAt('https://provider.test'), PLAIN).end;
    expect(end).toMatchObject({ observation: { fault: 'refused', detail } });
    expect(proxy.made()).toBe(1);
  });

  it('of another kind is told as such', async () => {
    const wire = testWire({ env: { ALL_PROXY: 'socks5://127.0.0.1:1' } });
    const end = await attemptAt(wire, endpointAt('https://provider.test'), PLAIN).end;
    expect(end).toMatchObject({
      observation: { fault: 'refused', detail: expect.stringContaining('socks5:') },
    });
  });

  it('is left at once when the attempt is aborted', async () => {
    const proxy = await serveRaw((socket) => socket.resume());
    const wire = testWire({ env: { HTTPS_PROXY: proxy.origin } });
    const told = attemptAt(wire, endpointAt('https://provider.test'), { ...PLAIN, firstByte: 100 });
    expect(faultOf(await told.end)).toBe('no_first_byte');
    await expect.poll(() => proxy.open()).toBe(0);
  });
});

describe('connections', () => {
  it('are not limited: a hundred calls at once all reach the provider', async () => {
    let waiting: (() => void)[] = [];
    const server = await serve((_, response) => {
      waiting.push(() => json(response, CHAT));
      if (waiting.length === 100) for (const answer of waiting.splice(0)) answer();
    });
    waiting = [];
    const wire = testWire();
    const all = Array.from({ length: 100 }, () => attemptAt(wire, endpointAt(server.origin), PLAIN).end);
    expect((await Promise.all(all)).every((end) => end.kind === 'complete')).toBe(true);
  });

  it('that die under a second call cost one more connection, not the call', async () => {
    let connections = 0;
    let requests = 0;
    const answer = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${JSON.stringify(CHAT).length}\r\n\r\n`;
    const server = await serveRaw((socket) => {
      const first = (connections += 1) === 1;
      let served = 0;
      socket.on('data', () => {
        requests += 1;
        if (first && (served += 1) === 2) socket.resetAndDestroy();
        else socket.write(answer + JSON.stringify(CHAT));
      });
    });
    const wire = testWire();
    const endpoint = endpointAt(server.origin);
    expect(faultOf(await attemptAt(wire, endpoint, PLAIN).end)).toBe('complete');
    // The connection is free again once the turn in which its answer ended is over.
    await new Promise(setImmediate);
    expect(faultOf(await attemptAt(wire, endpoint, PLAIN).end)).toBe('complete');
    expect([connections, requests]).toEqual([2, 3]);
  });

  it('all end with the wire', async () => {
    const server = await serve((_, response) => stream(response, chunk({ content: 'x' })));
    const wire = testWire();
    const told = attemptAt(wire, endpointAt(server.origin));
    await expect.poll(() => told.text()).toBe('x');
    await wire.close();
    expect((await told.end).kind).toBe('fault');
    await expect.poll(() => server.open()).toBe(0);
  });
});
