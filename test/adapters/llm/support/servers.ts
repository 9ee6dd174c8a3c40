// Servers on loopback that answer, or break, exactly as a test says.
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface TestServer {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly port: number;
  /** Connections that are open now. */
  readonly open: () => number;
  /** Connections that were ever made. */
  readonly made: () => number;
  readonly close: () => Promise<void>;
}

/** An HTTP server; it ends with the test. */
export async function serve(listener: RequestListener): Promise<TestServer> {
  const server = createServer(listener);
  server.keepAliveTimeout = 60_000;
  return listen(server);
}

/** A TCP server for answers that no HTTP library would give. */
export async function serveRaw(onSocket: (socket: Socket) => void): Promise<TestServer> {
  return listen(
    createNetServer((socket) => {
      socket.on('error', () => undefined);
      onSocket(socket);
    }),
  );
}

/** Any server on a free port. */
export async function listen(server: Server, scheme = 'http'): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let made = 0;
  server.on('connection', (socket: Socket) => {
    made += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
  onTestFinished(close);
  return { origin: `${scheme}://127.0.0.1:${port}`, port, open: () => sockets.size, made: () => made, close };
}

/** A port on which nobody listens. */
export async function deadOrigin(): Promise<string> {
  const server = await listen(createNetServer());
  await server.close();
  return server.origin;
}

/** The whole body of a request, as JSON. */
export async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>;
}

/** One event of a chat stream. */
export function chunk(delta: Record<string, unknown>, finish: string | null = null, index = 0): string {
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index, delta, finish_reason: finish }] })}\n\n`;
}

export const DONE = 'data: [DONE]\n\n';
export const USAGE = `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [], usage: { total_tokens: 3 } })}\n\n`;

/** Starts an event stream on a response. */
export function stream(response: ServerResponse, ...events: readonly string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) response.write(event);
}

/** Answers with JSON. */
export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

export const CHAT = {
  id: 'c',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
};
