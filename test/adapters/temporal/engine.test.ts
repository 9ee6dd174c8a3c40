import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { chooseEnginePorts, keepEnginePorts } from '../../../adapters/temporal/engine.js';
import { engineArguments } from '../../../adapters/temporal/engine-command.js';
import { isFree, nextFreePort } from '../../../adapters/temporal/ports.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe('the ports of the engine', () => {
  it('are the next free ones when the wanted ones are taken, and never the same twice', async () => {
    const port = await occupy();
    const chosen = await chooseEnginePorts({ port, uiPort: port });
    expect(chosen.port).toBeGreaterThan(port);
    expect(chosen.uiPort).toBeGreaterThan(chosen.port);
  });

  it('are kept over a restart when they come free in time', async () => {
    const port = await occupy();
    const uiPort = (await nextFreePort(port + 1, '127.0.0.1')) ?? 0;
    const kept = keepEnginePorts({ port, uiPort }, 10_000);
    servers.pop()?.close();
    expect(await kept).toEqual({ port, uiPort });
  });

  it('change when somebody else stays on them', async () => {
    const port = await occupy();
    expect((await keepEnginePorts({ port, uiPort: port + 50 }, 0)).port).not.toBe(port);
    expect(await isFree(port, '127.0.0.1')).toBe(false);
  });
});

describe('engineArguments', () => {
  it('binds loopback, names the file, registers every search attribute and stays quiet', () => {
    const args = engineArguments({
      host: '127.0.0.1',
      port: 7233,
      uiPort: 8233,
      database: '/s/temporal.db',
      ui: true,
    });
    expect(args.join(' ')).toBe(
      'server start-dev --ip 127.0.0.1 --port 7233 --ui-port 8233 --ui-disable-news-fetch --db-filename /s/temporal.db ' +
        '--search-attribute NxsNode=Keyword --search-attribute NxsKind=Keyword --search-attribute NxsOutcome=Keyword ' +
        '--search-attribute NxsLevel=Int --search-attribute NxsAwaitingApproval=Bool --log-level warn --color never',
    );
  });

  it('leaves out what an older program does not know', () => {
    const command = { host: '127.0.0.1', port: 1, uiPort: 2, database: null, ui: true };
    const news = (version: string) =>
      engineArguments({ ...command, version }).includes('--ui-disable-news-fetch');
    expect(['1.5.1', '1.6.2', '1.8.0', '1.10.0'].map(news)).toEqual([false, false, true, true]);
  });

  it('keeps a test server in memory and without a web UI', () => {
    const args = engineArguments({
      host: '127.0.0.1',
      port: 1,
      uiPort: 2,
      database: null,
      ui: false,
      dynamicConfig: ['limit.historyCount.suggestContinueAsNew=40'],
    });
    expect(args).toContain('--headless');
    expect(args).not.toContain('--db-filename');
    expect(args.join(' ')).toContain('--dynamic-config-value limit.historyCount.suggestContinueAsNew=40');
  });
});

/** A port with somebody on it. */
async function occupy(): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
