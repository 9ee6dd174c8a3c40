import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { connectionOptions, connectTemporal, unreachable } from '../../../adapters/temporal/connect.js';
import { until } from '../../support/until.js';
import { configuredTarget, embeddedTarget } from '../../../adapters/temporal/target.js';

const EXTERNAL = {
  mode: 'external',
  address: 'temporal.example:7233',
  namespace: 'nxs',
  tls: {},
  api_key: 'planted-secret',
} as const;

describe('connectTemporal', () => {
  it('connects to a server that is there', async () => {
    const { client, close } = await connectTemporal(embeddedTarget(inject('temporalAddress'), []));
    const { systemInfo } = { systemInfo: await client.connection.workflowService.getSystemInfo({}) };
    expect(systemInfo.serverVersion).toMatch(/^\d+\.\d+/);
    await close();
  });

  it('says within its limit where nobody answered', async () => {
    const began = performance.now();
    await expect(connectTemporal(embeddedTarget('127.0.0.1:1', []), 500)).rejects.toMatchObject({
      code: 'TEMPORAL_UNREACHABLE',
      message: expect.stringContaining('127.0.0.1:1') as string,
    });
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('survives that a connection is closed while a failed call waits to be made again', async () => {
    // A server that refuses every call after the first one.
    const server = createServer();
    let calls = 0;
    server.on('stream', (stream) => {
      calls += 1;
      const status = calls === 1 ? '0' : '14';
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => {
        stream.sendTrailers({ 'grpc-status': status });
      });
      stream.end(Buffer.from([0, 0, 0, 0, 0]));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { client, close } = await connectTemporal(embeddedTarget(`127.0.0.1:${String(port)}`, []));
    const call = client.connection.workflowService.getClusterInfo({}).catch((error: unknown) => error);
    await until(() => calls > 1);
    await close();
    expect(await call).toBeInstanceOf(Error);
    await new Promise((resolve) => server.close(resolve));
  });

  it('never shows the API key in an error', () => {
    const target = configuredTarget(EXTERNAL);
    if (target === null) throw new Error('no target');
    const error = unreachable(target, new Error('Bearer planted-secret was refused'));
    expect(`${error.message}${JSON.stringify(error.details)}`).not.toContain('planted-secret');
    expect(error.message).toContain('temporal.example:7233');
  });
});

describe('connectionOptions', () => {
  it('never sends an API key without TLS', async () => {
    const target = { ...embeddedTarget('a:1', []), apiKey: 'key' };
    expect(await connectionOptions(target)).toEqual({ address: 'a:1', tls: true, apiKey: 'key' });
    expect(await connectionOptions(embeddedTarget('a:1', []))).toEqual({ address: 'a:1', tls: false });
  });

  it('reads PEM files and the name to expect', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tls-'));
    const files = { ca: join(directory, 'ca'), cert: join(directory, 'cert'), key: join(directory, 'key') };
    for (const [name, path] of Object.entries(files)) await writeFile(path, name);
    const { tls } = await connectionOptions({
      ...embeddedTarget('a:1', []),
      tls: { ...files, server_name: 's' },
    });
    expect(tls).toEqual({
      serverRootCACertificate: Buffer.from('ca'),
      clientCertPair: { crt: Buffer.from('cert'), key: Buffer.from('key') },
      serverNameOverride: 's',
    });
  });

  it.each([[{ ca: '/nowhere/ca.pem' }], [{ cert: '/nowhere/cert.pem', key: '/nowhere/key.pem' }]])(
    'names a TLS file that cannot be read',
    async (tls) => {
      await expect(connectionOptions({ ...embeddedTarget('a:1', []), tls })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('/nowhere/') as string,
      });
    },
  );
});

describe('configuredTarget', () => {
  it('is nothing for an embedded server and the address of an external one', () => {
    expect(configuredTarget({ mode: 'embedded' })).toBeNull();
    expect(configuredTarget(EXTERNAL)).toEqual({
      address: 'temporal.example:7233',
      namespace: 'nxs',
      tls: {},
      apiKey: 'planted-secret',
      keys: [],
    });
  });
});
