// The socket side of the peer: requests are read whole, passed through the layers to the emulator, counted, and answered as
// the last word on the wire says.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { readdress, type Answer, type Asked, type Layer, type Next, type World } from './layer.js';

/** One request as the peer heard it. */
export interface Heard {
  /** Epoch ms at which it had arrived whole. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly route: string;
  /** What was answered; null while it runs, or when nothing was sent. */
  readonly status: number | null;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly authorized: boolean;
  readonly userAgent: string;
}

export interface Served {
  readonly url: string;
  readonly heard: Heard[];
  close(): Promise<void>;
}

/** @param open gets the URL and makes the world and its layers, outermost first */
export async function serve(
  open: (url: string) => Promise<{ readonly world: World; readonly layers: readonly Layer[] }>,
): Promise<Served> {
  const heard: Heard[] = [];
  let handle: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | null = null;
  const server = createServer((request, response) => {
    if (handle === null) response.destroy();
    else void handle(request, response).catch(() => response.destroy());
  });
  // A client that keeps its connection must not run into the server's own idle limit.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { world, layers } = await open(url);
  const answerOf = chain(layers, world, url);
  handle = async (request, response) => {
    const asked = await read(request);
    const index = heard.push(note(asked)) - 1;
    const entry = heard[index]!;
    const answer = await answerOf(asked);
    if (world.switches.latencyMs > 0) await sleep(world.switches.latencyMs);
    const sent = answer.wire === undefined ? { status: answer.status } : {};
    Object.assign(entry, sent, { responseBytes: answer.body.length });
    send(response, answer, asked.method);
  };
  return {
    url,
    heard,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function chain(layers: readonly Layer[], world: World, url: string): Next {
  const core: Next = async (asked) => {
    const body = asked.body.length > 0 ? new Uint8Array(asked.body) : null;
    const { method, headers } = asked;
    const init = { method, headers, ...(method === 'GET' || method === 'HEAD' ? {} : { body }) };
    const response = await world.emulator.fetch(new Request(`${url}${asked.path}${asked.query}`, init));
    const entries = Object.fromEntries(response.headers);
    return { status: response.status, headers: entries, body: Buffer.from(await response.arrayBuffer()) };
  };
  return layers.reduceRight<Next>((next, layer) => (asked) => layer(asked, next, world), core);
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const [path = '/', query] = (request.url ?? '/').split('?', 2);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const { method = 'GET' } = request;
  const asked = { method, path, query: '', headers, body: Buffer.concat(chunks), repo: null, route: '' };
  return readdress(asked, path, query === undefined ? '' : `?${query}`);
}

function note({ method, path, query, route, body, headers }: Asked): Heard {
  return {
    at: Date.now(),
    ...{ method, path, query, route },
    status: null,
    requestBytes: body.length,
    responseBytes: 0,
    authorized: 'authorization' in headers,
    userAgent: headers['user-agent'] ?? '',
  };
}

function send(response: ServerResponse, answer: Answer, method: string): void {
  if (answer.wire === 'silent') return;
  if (answer.wire === 'destroy') {
    response.destroy();
    return;
  }
  const { 'content-length': _, 'transfer-encoding': __, ...headers } = answer.headers;
  const bodiless = answer.status === 204 || answer.status === 304;
  const length = bodiless ? {} : { 'content-length': String(answer.body.length) };
  response.writeHead(answer.status, { ...headers, ...length });
  if (answer.wire === 'half') {
    response.write(answer.body.subarray(0, answer.body.length >> 1), () => response.destroy());
    return;
  }
  response.end(bodiless || method === 'HEAD' ? undefined : answer.body);
}
