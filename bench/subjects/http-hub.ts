// A hub over http as many have one: git's own CGI program behind a small server, on loopback. What is asked of it is counted here.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { childrenCpuMs } from '../measure/process-facts.js';
import { run } from '../measure/run.js';
import type { Scratch } from './scratch.js';

export interface HttpHub {
  readonly url: string;
  /** Looks, fetches and pushes that began so far: each asks for the refs first. */
  counts(): { readonly reads: number; readonly pushes: number };
  stop(): Promise<void>;
}

/** Of all hubs of this process: what their programs cost is told for all of them together. */
const served = { reads: 0, pushes: 0 };

/** Looks, fetches and pushes of all hubs so far, and the time that git took for them, ms of a core. */
export function hubsSoFar(): { readonly reads: number; readonly pushes: number; readonly ms: number } {
  return { ...served, ms: childrenCpuMs(process.pid) };
}

export async function startHttpHub(scratch: Scratch): Promise<HttpHub> {
  const root = scratch.dir('http-hub');
  const inside = { cwd: root, env: scratch.env };
  await run('git', ['init', '-q', '--bare', '-b', 'main', 'hub.git'], inside);
  await run('git', ['-C', 'hub.git', 'config', 'http.receivepack', 'true'], inside);
  const home = (await run('git', ['--exec-path'], inside)).stdout.trim();
  const counted = { reads: 0, pushes: 0 };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://hub');
    for (const each of [counted, served]) {
      if (searchParams.get('service') === 'git-upload-pack') each.reads += 1;
      if (searchParams.get('service') === 'git-receive-pack') each.pushes += 1;
    }
    const env = {
      ...scratch.env,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: pathname,
      QUERY_STRING: searchParams.toString(),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'],
      CONTENT_LENGTH: request.headers['content-length'],
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
      GIT_PROTOCOL: request.headers['git-protocol'] as string | undefined,
      REMOTE_USER: 'node',
      REMOTE_ADDR: '127.0.0.1',
    };
    serve(path.join(home, 'git-http-backend'), env, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hub.git`,
    counts: () => ({ ...counted }),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** CGI: what it prints is a head, an empty line, and the body. */
function serve(
  program: string,
  env: NodeJS.ProcessEnv,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const child = spawn(program, { env, stdio: ['pipe', 'pipe', 'ignore'] });
  child.once('error', () => response.destroy());
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  let head: Buffer | null = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    if (head === null) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const lines = head.subarray(0, end).toString('latin1').split('\r\n');
    let status = 200;
    for (const line of lines) {
      const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
      if (name === 'Status') status = Number.parseInt(value);
      else if (name !== '') response.setHeader(name, value);
    }
    response.writeHead(status);
    response.write(head.subarray(end + 4));
    head = null;
  });
  child.once('close', () => response.end());
}
