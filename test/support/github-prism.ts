// GitHub's own description of its API as a judge of what we ask: a request that breaks it is a violation, whatever the peer
// made of it. Prism is not in the way of the answers (as a proxy it follows redirects and decodes bytes as text): it gets a
// copy of each request, and the request itself goes to the peer byte for byte.
import { spawn } from 'node:child_process';
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { findByScript, freePort, whenReady, type Found, type Peer } from './peer-process.js';

export interface PrismPeer extends Peer {
  /** One line for each request that broke the description: `METHOD /path: what is wrong`. */
  violations(): readonly string[];
  /** How many requests were judged. */
  judged(): number;
}

/** Paths that no description has: where redirects of the peer lead. */
const UNDESCRIBED = /^\/(_codeload|repositories)\//;
/** Prism refuses bodies above 10 MB. */
const LARGEST = 9 * 1024 * 1024;

let found: Promise<Found> | null = null;

/** Prism's directory, fetched once per machine, or why it is not there. */
export function findPrism(): Promise<Found> {
  found ??= findByScript('github-peers.sh', 'github-peers').then((entry) => entry('prism'));
  return found;
}

/**
 * @param prism the directory that `findPrism` gives
 * @param upstream base URL of the peer that answers
 */
export async function startPrism(prism: string, upstream: string): Promise<PrismPeer> {
  // What Prism lets through ends here.
  const sink = await listen((request, response) => {
    request.resume();
    response.writeHead(204).end();
  });
  const judge = await openJudge(prism, sink.url);
  const violations: string[] = [];
  let judged = 0;
  const front = await listen((request, response) => {
    void (async () => {
      const body = await read(request);
      const path = request.url ?? '/';
      if (!UNDESCRIBED.test(path) && body.length <= LARGEST) {
        violations.push(...(await verdict(judge.url, request, body)));
        judged += 1;
      }
      forward(upstream, request, body, response);
    })().catch(() => response.destroy());
  });
  return {
    url: front.url,
    violations: () => [...violations],
    judged: () => judged,
    async close() {
      await Promise.all([front.close(), judge.close(), sink.close()]);
    },
  };
}

async function openJudge(prism: string, sink: string): Promise<Peer> {
  const port = await freePort();
  const program = join(prism, 'node_modules/@stoplight/prism-cli/dist/index.js');
  const where = ['-h', '127.0.0.1', '-p', String(port)];
  const args = [program, 'proxy', join(prism, 'description.json'), sink, '--errors', ...where];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  return whenReady(child, url, `${url}/user`);
}

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly validation?: readonly { readonly message: string }[];
}

async function verdict(judge: string, request: IncomingMessage, body: Buffer): Promise<readonly string[]> {
  const { method = 'GET', url = '/' } = request;
  const type = request.headers['content-type'];
  const answer = await fetch(`${judge}${url}`, {
    method,
    ...(type === undefined ? {} : { headers: { 'content-type': type } }),
    ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
  });
  if (answer.status === 204) return [];
  const problem = JSON.parse(await answer.text()) as Problem;
  const reasons = problem.validation?.map(({ message }) => message) ?? [
    problem.detail ?? problem.title ?? '',
  ];
  return reasons.map((reason) => `${method} ${url}: ${reason}`);
}

function forward(upstream: string, request: IncomingMessage, body: Buffer, response: ServerResponse): void {
  const { method, headers, url } = request;
  const sent = ask(`${upstream}${url ?? '/'}`, { method, headers, setHost: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
    answer.once('error', () => response.destroy());
  });
  sent.once('error', () => response.destroy());
  sent.end(body);
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<Peer> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
