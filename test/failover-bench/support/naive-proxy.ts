// What a gateway must be better than: it hands everything to the primary and pipes back what comes.
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SystemSetup, SystemUnderTest } from './system.js';

export async function startNaiveProxy({ primary }: SystemSetup): Promise<SystemUnderTest> {
  const server = createServer((incoming, answer) => {
    const target = primary.url.replace(/\/v1$/, incoming.url ?? '/');
    const headers = { ...incoming.headers, host: new URL(target).host };
    const sent = request(target, { method: incoming.method, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.on('error', () => answer.destroy());
      got.on('close', () => (got.complete ? undefined : answer.destroy()));
      got.pipe(answer);
    });
    sent.on('error', () => answer.destroy());
    answer.on('close', () => sent.destroy());
    incoming.pipe(sent);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
