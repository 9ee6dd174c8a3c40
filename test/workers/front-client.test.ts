import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { spawnSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askFront } from '../../workers/front-client.js';
import { writeRunFile } from '../../workers/run-file.js';

let server: Server;
let heard: (string | undefined)[] = [];
let redirect: string | null = null;

beforeEach(async () => {
  heard = [];
  redirect = null;
  server = createServer((request, response) => {
    heard.push(request.headers.authorization);
    if (redirect !== null) response.writeHead(307, { location: redirect }).end();
    else response.end('{"a":1}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function ask(pid: number) {
  const stateDir = await mkdtemp(join(tmpdir(), 'front-client-'));
  const { port } = server.address() as AddressInfo;
  await writeRunFile(stateDir, {
    pid,
    pids: { worker: null, temporal: null },
    node: 'home',
    http: `http://127.0.0.1:${String(port)}`,
    temporal: '127.0.0.1:9',
    ui: null,
    started: new Date().toISOString(),
  });
  const nxs = { http: { token: 'planted-secret' } } as Parameters<typeof askFront>[0]['nxs'];
  return askFront({ nxs, stateDir }, '/api/status');
}

test('the running front is asked, with the token', async () => {
  expect(await ask(process.pid)).toMatchObject({ kind: 'answer', body: { a: 1 } });
  expect(heard).toEqual(['Bearer planted-secret']);
});

test('whoever took the port of a control plane that was killed hears no token', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  expect(await ask(pid)).toMatchObject({ kind: 'silent' });
  expect(heard).toEqual([]);
});

test('no redirect is followed', async () => {
  const { port } = server.address() as AddressInfo;
  redirect = `http://127.0.0.2:${String(port)}/elsewhere`;
  expect(await ask(process.pid)).toMatchObject({ kind: 'silent' });
  expect(heard).toHaveLength(1);
});
