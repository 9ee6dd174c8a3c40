// The gateway as it runs: providers.yaml through the real loader, its routes behind the real front.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config/load.js';
import { openGateway, type Gateway } from '../../gateway/gateway.js';
import { startFront } from '../../workers/front.js';

export interface RunningGateway {
  /** Base URL, without /v1. */
  readonly url: string;
  readonly gateway: Gateway;
  /** What a route threw: never empty is a defect. */
  readonly thrown: readonly unknown[];
  close(): Promise<void>;
}

/** `providers` and `nxs` are the texts of providers.yaml and nxs.yaml. */
export async function startGateway(
  providers: string,
  env: NodeJS.ProcessEnv = {},
  nxs = '',
): Promise<RunningGateway> {
  const root = await mkdtemp(join(tmpdir(), 'nxs-gateway-'));
  const [configDir, stateDir, dataDir] = ['config', 'state', 'data'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  await Promise.all([configDir, stateDir, dataDir].map((dir) => mkdir(dir, { mode: 0o700 })));
  await writeFile(join(configDir, 'providers.yaml'), providers);
  if (nxs !== '') await writeFile(join(configDir, 'nxs.yaml'), nxs);
  const all = {
    ...env,
    NXS_CONFIG_DIR: configDir,
    NXS_STATE_DIR: stateDir,
    NXS_DATA_DIR: dataDir,
    HOME: root,
  };
  const config = await loadConfig({ env: all });
  const gateway = openGateway({ config, env: all });
  const thrown: unknown[] = [];
  const front = await startFront({
    http: { ...config.nxs.http, host: '127.0.0.1', port: 0 },
    routes: () => gateway.routes(),
    say: () => undefined,
    onError: (error) => thrown.push(error),
  });
  return {
    url: front.url,
    gateway,
    thrown,
    async close() {
      await front.close();
      await gateway.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
