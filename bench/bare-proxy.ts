// Started by the bench: the least that a proxy on Node can do. It passes bytes on to one address over connections that are
// kept, and knows nothing of what they mean.
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

const [, , target = ''] = process.argv;
const { hostname, port } = new URL(target);
const agent = new Agent({ keepAlive: true });

const server = createServer((incoming, response) => {
  const { method, url, headers } = incoming;
  const onward = request({ hostname, port, path: url, method, headers, agent }, (came) => {
    response.writeHead(came.statusCode ?? 502, came.headers);
    came.pipe(response);
  });
  onward.once('error', () => response.destroy());
  incoming.pipe(onward);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.stdin.resume().once('end', () => process.exit(0));
