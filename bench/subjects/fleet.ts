// One Temporal server and many whole nodes on it, each as `nxs up --node NAME --temporal ADDRESS` starts it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { connectTemporal, type TemporalConnection } from '../../adapters/temporal/connect.js';
import { engineArguments } from '../../adapters/temporal/engine-command.js';
import { waitForTemporal } from '../../adapters/temporal/health.js';
import { embeddedTarget } from '../../adapters/temporal/target.js';
import { startControlPlane, temporalProgram } from './control-plane.js';
import { freePort } from './free-port.js';
import { providersFile } from './gateway.js';
import { ourEnvironment } from './ours.js';
import { ROOT } from './root.js';
import type { Scratch } from './scratch.js';

export interface Engine {
  /** host:port */
  readonly address: string;
  /** Path of its SQLite file. */
  readonly database: string;
  readonly pid: number;
  connect(): Promise<TemporalConnection>;
  stop(): Promise<void>;
}

/** The embedded server, as a node that needs none of its own would be given one. */
export async function startEngine(scratch: Scratch): Promise<Engine> {
  const database = path.join(scratch.dir('engine'), 'temporal.db');
  const [program, port] = [await temporalProgram(), await freePort()];
  const command = { host: '127.0.0.1', port, uiPort: 0, database, ui: false, logLevel: 'error' } as const;
  const child = spawn(program, engineArguments(command), { env: scratch.env, stdio: 'ignore' });
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  const address = `127.0.0.1:${port}`;
  await waitForTemporal(address, { timeout: 60_000 });
  return {
    address,
    database,
    pid: child.pid ?? 0,
    connect: () => connectTemporal(embeddedTarget(address, [])),
    async stop() {
      process.off('exit', kill);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      kill();
      await ended;
    },
  };
}

export interface FleetNode {
  readonly name: string;
  readonly data: string;
  readonly pids: { readonly supervisor: number; readonly worker: number };
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

export interface NodeSettings {
  readonly name: string;
  readonly engine: Engine;
  /** sync.remote */
  readonly hub: string;
  /** Base URL of its one provider. */
  readonly provider: string;
  /** What differs from the manifests as they come with the product. */
  readonly backup?: object;
  readonly sync?: object;
}

/** Starts a node and waits until its first backup is green. */
export async function startNode(scratch: Scratch, settings: NodeSettings): Promise<FleetNode> {
  const { name, engine, hub, provider } = settings;
  const [state, data, config] = ['state', 'data', 'config'].map((each) => scratch.dir(`${name}-${each}`));
  if (state === undefined || data === undefined || config === undefined) throw new Error('no scratch');
  const port = await freePort();
  const nxs = { node: name, http: { host: '127.0.0.1', port }, sync: { remote: hub } };
  writeFileSync(path.join(config, 'nxs.yaml'), JSON.stringify(nxs));
  writeFileSync(path.join(config, 'providers.yaml'), providersFile([provider]));
  writeManifest(config, 'backup', settings.backup);
  writeManifest(config, 'sync', settings.sync);
  mkdirSync(path.join(data, 'tasks'));
  writeFileSync(path.join(data, 'tasks', `${name}.md`), `the tasks of ${name}\n`);
  const env = { ...ourEnvironment(scratch.env, state, data), NXS_NODE: name, NXS_CONFIG_DIR: config };
  const flags = ['up', '--node', name, '--temporal', engine.address];
  const command = [process.execPath, path.join(ROOT, 'bin', 'nxs'), ...flags] as const;
  const plane = await startControlPlane(env, state, command);
  await plane.firstBackup();
  const { http, pid, pids } = await plane.run();
  return {
    name,
    data,
    pids: { supervisor: pid, worker: pids.worker ?? 0 },
    metrics: async () => (await fetch(new URL('/metrics', http))).text(),
    stop: () => plane.stop(),
  };
}

function writeManifest(config: string, kind: 'backup' | 'sync', differs: object | undefined): void {
  if (differs === undefined) return;
  const name = `${kind}-manifest.yaml`;
  const shipped = parse(readFileSync(path.join(ROOT, 'config', name), 'utf8')) as Record<string, object>;
  const mine = { ...shipped, [kind]: { ...shipped[kind], ...differs } };
  writeFileSync(path.join(config, name), JSON.stringify(mine));
}
