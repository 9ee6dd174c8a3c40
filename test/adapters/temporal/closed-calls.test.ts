// The engine dies while a call waits for its next try, and whoever asked goes away: that must not end the process.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, inject, it } from 'vitest';
import { connectTemporal } from '../../../adapters/temporal/connect.js';
import { embeddedTarget } from '../../../adapters/temporal/target.js';

it('a connection that is closed between two tries of a call fails that call and nothing else', async () => {
  const way = await openWay(inject('temporalAddress'));
  const { client, close } = await connectTemporal(embeddedTarget(way.address, []));
  way.cut();
  const uncaught: unknown[] = [];
  const hear = (error: unknown) => void uncaught.push(error);
  const before = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException').on('uncaughtException', hear);
  try {
    const call = client.workflow.count().then(
      () => 'answered',
      () => 'failed',
    );
    // The first try has failed by the time a second connection is refused.
    await way.refused();
    await close();
    expect(await call).toBe('failed');
    await new Promise((resolve) => setTimeout(resolve, 600).unref());
    expect(uncaught).toEqual([]);
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const listener of before) process.on('uncaughtException', listener);
  }
});

/** A way to the server that can be cut: afterwards connections are taken and dropped. */
async function openWay(target: string): Promise<{ address: string; cut(): void; refused(): Promise<void> }> {
  const [host = '', port = ''] = target.split(':');
  const open = new Set<Socket>();
  let whole = true;
  let refused: () => void = () => undefined;
  const first = new Promise<void>((resolve) => {
    refused = resolve;
  });
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (!whole) {
      socket.destroy();
      refused();
      return;
    }
    const far = connect(Number(port), host);
    far.on('error', () => undefined);
    socket.pipe(far).pipe(socket);
    for (const each of [socket, far]) {
      open.add(each);
      each.once('close', () => open.delete(each));
    }
  }).listen(0, '127.0.0.1');
  server.unref();
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    cut() {
      whole = false;
      for (const each of open) each.destroy();
    },
    refused: () => first,
  };
}
