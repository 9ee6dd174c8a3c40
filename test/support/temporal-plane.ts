import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { RunFile } from '../../workers/run-file.js';
import { engineBuild } from './engine-build.js';
import { until } from './until.js';

export interface ControlPlane {
  readonly process: ChildProcess;
  readonly stateDir: string;
  /** stdout and stderr so far. */
  output(): string;
  /** run.json, once it is there. */
  run(): Promise<RunFile>;
  /** GET on the front: status and parsed JSON. */
  get(path: string): Promise<{ readonly status: number; readonly body: Record<string, unknown> }>;
  ready(): Promise<void>;
  exit(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Ends what still runs and removes the scratch directory. */
  dispose(): Promise<void>;
}

export interface ControlPlaneOptions {
  readonly stateDir?: string;
  readonly ports?: { readonly port: number; readonly uiPort: number; readonly http: number };
  readonly env?: NodeJS.ProcessEnv;
  readonly temporal?: object;
}

/** A real control plane in a scratch state directory, with activities of the tests' own. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { main, worker } = await engineBuild();
  const stateDir = options.stateDir ?? (await mkdtemp(join(tmpdir(), 'nxs-plane-')));
  const { port, uiPort, http } = options.ports ?? randomPorts();
  const config = {
    node: 'test',
    dataDir: join(stateDir, 'data'),
    stateDir,
    nxs: {
      temporal: options.temporal ?? { mode: 'embedded', port, ui_port: uiPort },
      http: { host: '127.0.0.1', port: http },
    },
  };
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NXS_TEMPORAL_CLI: inject('temporalCli'),
      ...options.env,
      NXS_TEST_CONFIG: JSON.stringify(config),
      NXS_TEST_WORKER: worker,
    },
  });
  let output = '';
  const take = (chunk: Buffer) => {
    output += chunk.toString('utf8');
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const ended = once(child, 'exit');

  const run = () =>
    until(async () => {
      if (child.exitCode !== null) return 'ended';
      return JSON.parse(await readFile(join(stateDir, 'run.json'), 'utf8')) as RunFile;
    }).then((value) => {
      if (value === 'ended') throw new Error(`it ended: ${output}`);
      return value;
    });
  const get: ControlPlane['get'] = async (path) => {
    const response = await fetch((await run()).http + path);
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, body: (json ? JSON.parse(text) : { text }) as Record<string, unknown> };
  };
  return {
    process: child,
    stateDir,
    output: () => output,
    run,
    get,
    async ready() {
      await until(async () => {
        if (child.exitCode !== null) throw new Error(`it ended: ${output}`);
        return (await get('/readyz')).status === 200;
      });
    },
    async exit() {
      const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null];
      return { code, signal };
    },
    async dispose() {
      const last = await readFile(join(stateDir, 'run.json'), 'utf8').catch(() => null);
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await ended;
      }
      const pids = last === null ? null : (JSON.parse(last) as RunFile).pids;
      for (const pid of [pids?.worker, pids?.temporal]) if (typeof pid === 'number') kill(pid);
      await rm(stateDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

let slot = 0;

/** Ports that test files of one run do not share: each worker process of the runner has its own hundred. */
export function randomPorts(): { readonly port: number; readonly uiPort: number; readonly http: number } {
  const base = 20_000 + (process.pid % 100) * 100 + (slot++ % 30) * 3;
  return { port: base, uiPort: base + 1, http: base + 2 };
}

function kill(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
