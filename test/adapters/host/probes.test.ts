// Probes of servers, against real ones.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcp, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openHost } from '../../../adapters/host/open-host.js';
import type { Host, Probe } from '../../../domain/healing/ports.js';
import { until } from '../../support/until.js';

const NEVER = new AbortController().signal;
const LONG = 20_000;

const host = openHost({ env: process.env });
const probe: Host['probe'] = (each, signal) => host.probe(each, signal);

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** host:port */
async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function http(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  closing.push(() => server.closeAllConnections());
  return listening(server);
}

async function refusing(): Promise<string> {
  const server = createTcp();
  const address = await listening(server);
  server.close();
  await once(server, 'close');
  return address;
}

describe('an http probe', () => {
  const ask = (address: string, extra: { status?: number; timeout?: number } = {}) =>
    probe(
      { type: 'http', url: `http://user:secret@${address}/health?key=secret`, timeout: LONG, ...extra },
      NEVER,
    );

  it('is good for 2xx and 3xx and bad for the rest, and never follows', async () => {
    const asked: string[] = [];
    let status = 0;
    const address = await http((request, reply) => {
      asked.push(request.url ?? '');
      reply.writeHead(status, { location: '/elsewhere' }).end('x'.repeat(100_000));
    });
    for (const [code, state] of [
      [200, 'good'],
      [204, 'good'],
      [302, 'good'],
      [399, 'good'],
      [400, 'bad'],
      [404, 'bad'],
      [500, 'bad'],
      [503, 'bad'],
    ] as const) {
      status = code;
      const reading = await ask(address);
      expect(reading).toEqual({
        state,
        detail: `${address}/health answers ${code}`,
        value: null,
        instance: null,
      });
    }
    expect(new Set(asked)).toEqual(new Set(['/health?key=secret']));
  });

  it('takes the one status that it was given, and no other', async () => {
    let status = 401;
    const address = await http((_request, reply) => reply.writeHead(status).end());
    expect((await ask(address, { status: 401 })).state).toBe('good');
    status = 200;
    expect((await ask(address, { status: 401 })).state).toBe('bad');
  });

  it('needs only the head of an answer', async () => {
    const address = await http((_request, reply) => reply.writeHead(200).write('the rest never comes'));
    expect((await ask(address)).state).toBe('good');
  });

  it('is unknown after its time, and tells nothing secret', async () => {
    const address = await http(() => undefined);
    const reading = await ask(address, { timeout: 100 });
    expect(reading).toMatchObject({ state: 'unknown', detail: `${address}/health gave no answer in time` });
  });

  it('is bad when nobody is there, hangs up, or speaks something else', async () => {
    const nobody = await refusing();
    expect(await ask(nobody)).toMatchObject({ state: 'bad', detail: `${nobody}/health refuses connections` });
    const cuts = await http((request) => request.socket.destroy());
    expect(await ask(cuts)).toMatchObject({ state: 'bad', detail: `${cuts}/health cuts the connection` });
    const ssh = await listening(
      createTcp((socket) => socket.on('error', () => undefined).end('SSH-2.0-x\r\n')),
    );
    expect(await ask(ssh)).toMatchObject({ state: 'bad', detail: `${ssh}/health does not speak HTTP` });
  });
});

describe('a tcp probe', () => {
  const ask = (address: string, timeout = LONG) => probe({ type: 'tcp', address, timeout }, NEVER);

  it('is good where connections are taken, and leaves none open', async () => {
    let open = 0;
    const server = createTcp((socket) => {
      open += 1;
      socket.on('error', () => undefined).once('close', () => (open -= 1));
      socket.resume();
    });
    const address = await listening(server);
    expect(await ask(address)).toMatchObject({ state: 'good', detail: `${address} takes connections` });
    await until(() => open === 0, 5_000);
  });

  it('is bad where they are refused, also by a name', async () => {
    const address = await refusing();
    expect(await ask(address)).toMatchObject({ state: 'bad', detail: `${address} refuses connections` });
    const port = address.split(':')[1] ?? '';
    expect((await ask(`localhost:${port}`)).state).toBe('bad');
  });

  it('is unknown for an address that is none', async () => {
    expect((await ask('127.0.0.1:99999')).state).toBe('unknown');
    expect((await ask('127.0.0.1:http')).state).toBe('unknown');
  });

  it('is unknown in a black hole: a queue that is full, so that the kernel drops who comes', async () => {
    const address = await blackHole();
    // Those that come before the queue is full are taken by the kernel.
    const reading = await until(async () => {
      const each = await ask(address, 300);
      return each.state === 'unknown' ? each : null;
    }, 10_000);
    expect(reading.detail).toBe(`${address} gave no answer in time`);
  });
});

it('ends at once when it is called off, whatever it waits for', async () => {
  const hangs = await http(() => undefined);
  const hole = await blackHole();
  const tcp: Probe = { type: 'tcp', address: hole, timeout: 300 };
  await until(async () => (await probe(tcp, NEVER)).state === 'unknown', 10_000);
  const waiting: readonly Probe[] = [
    { type: 'http', url: `http://${hangs}/`, timeout: LONG },
    { ...tcp, timeout: LONG },
  ];
  for (const each of waiting) {
    const over = new AbortController();
    const reading = probe(each, over.signal);
    const began = performance.now();
    over.abort();
    expect((await reading).state).toBe('unknown');
    expect(performance.now() - began).toBeLessThan(2_000);
  }
});

// It listens and never accepts: its event loop stands still.
const BLACK_HOLE = `
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    require('node:fs').writeSync(1, String(server.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

async function blackHole(): Promise<string> {
  const hole = spawn(process.execPath, ['-e', BLACK_HOLE], { stdio: ['ignore', 'pipe', 'inherit'] });
  closing.push(() => hole.kill('SIGKILL'));
  const [port] = (await once(hole.stdout, 'data')) as [Buffer];
  return `127.0.0.1:${port.toString()}`;
}
