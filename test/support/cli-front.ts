// A front with the gateway in it and nothing else: what `nxs ask --direct` and `nxs provider list` talk to. The commands run as
// processes of their own and find it by run.json.
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openGateway, type Gateway } from '../../gateway/gateway.js';
import { startFront } from '../../workers/front.js';
import { snapshotPath } from '../../workers/failover/snapshot-file.js';
import { writeRunFile } from '../../workers/run-file.js';
import { collect, ensureBuilt, nxs, ROOT, sealedEnv, type Said } from './e2e-cli.js';
import { configOf, makePlace, removePlace, type Place } from './e2e-place.js';

export interface ProviderLine {
  readonly name: string;
  readonly base_url: string;
  readonly [key: string]: unknown;
}

export interface CliFront {
  readonly place: Place;
  readonly gateway: Gateway;
  nxs(...args: readonly string[]): Promise<Said>;
  /** What the supervisor's writer would have left. */
  keepSnapshot(): Promise<void>;
  /** It is gone; run.json stays, as after kill -9. */
  stop(): Promise<void>;
  dispose(): Promise<void>;
}

export interface CliFrontOptions {
  readonly providers: readonly ProviderLine[];
  readonly failover?: object;
  /** nxs.yaml as the front reads it. */
  readonly settings?: object;
}

export async function startCliFront(options: CliFrontOptions): Promise<CliFront> {
  ensureBuilt();
  const place = await makePlace();
  const { providers, failover = {}, settings = {} } = options;
  await writeFile(join(place.configDir, 'providers.yaml'), JSON.stringify({ providers, failover }));
  await writeFile(join(place.configDir, 'nxs.yaml'), JSON.stringify(settings));
  const config = await configOf(place);
  const gateway = openGateway({ config, env: {} });
  const silent = () => undefined;
  const http = { ...config.nxs.http, host: '127.0.0.1', port: 0 };
  const front = await startFront({ http, routes: () => gateway.routes(), say: silent, onError: silent });
  await writeRunFile(place.stateDir, {
    pid: process.pid,
    pids: { worker: null, temporal: null },
    node: config.node,
    http: front.url,
    temporal: '127.0.0.1:9',
    ui: null,
    started: new Date().toISOString(),
  });
  const stop = async (): Promise<void> => {
    await front.close();
    await gateway.close();
  };
  return {
    place,
    gateway,
    nxs: (...args) => nxs(args, place.env),
    keepSnapshot: () =>
      writeFile(snapshotPath(place.stateDir), JSON.stringify(gateway.desk().snapshot(true))),
    stop,
    async dispose() {
      await stop();
      await removePlace(place);
    },
  };
}

/** `bin/nxs-provider` as a user runs it. */
export function nxsProvider(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Said> {
  const program = join(ROOT, 'bin/nxs-provider');
  const child = spawn(process.execPath, [program, ...args], {
    env: sealedEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return collect(child);
}
