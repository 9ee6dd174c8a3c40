// Started by the bench: a hub over http as many have one, git's own CGI program behind a small server on loopback, in a process of its
// own, so that what its programs cost is told by the kernel. Argument: the directory that holds hub.git. `GET /counts` tells what came.
import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const [, , root = '', program = ''] = process.argv;
const counted = { reads: 0, pushes: 0 };

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://hub');
  if (pathname === '/counts') {
    response.end(JSON.stringify(counted));
    return;
  }
  // Each look, fetch and push asks for the refs first.
  if (searchParams.get('service') === 'git-upload-pack') counted.reads += 1;
  if (searchParams.get('service') === 'git-receive-pack') counted.pushes += 1;
  const env = {
    ...process.env,
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
  serve(env, request, response);
});

/** CGI: what it prints is a head, an empty line, and the body. */
function serve(env: NodeJS.ProcessEnv, request: IncomingMessage, response: ServerResponse): void {
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

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});
process.stdin.resume().once('end', () => process.exit(0));
