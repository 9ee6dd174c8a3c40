// A whole control plane, started as a user starts it: `nxs up` on a scratch HOME, data and state directory.
import { Client, Connection } from '@temporalio/client';
import { writeFileSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { inject } from 'vitest';
import { readRunFile, type RunFile } from '../../workers/run-file.js';
import { clusterTarget, type ClusterTarget } from './temporal-cluster.js';
import { ensureBuilt, nxs, spawnNxs, type Said } from './e2e-cli.js';
import { makePlace, removePlace, type Place } from './e2e-place.js';
import { randomPorts } from './temporal-plane.js';
import { until } from './until.js';

export interface Plane {
  readonly place: Place;
  readonly env: NodeJS.ProcessEnv;
  readonly process: ChildProcess;
  output(): string;
  run(): Promise<RunFile>;
  get(path: string): Promise<{ readonly status: number; readonly body: Record<string, unknown> }>;
  /** Until /readyz is 200. */
  ready(): Promise<void>;
  /** A command against this plane. */
  nxs(...args: readonly string[]): Promise<Said>;
  client<T>(use: (client: Client) => Promise<T>): Promise<T>;
  /** Asks it to stop and returns the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  dispose(): Promise<void>;
}

export interface PlaneOptions {
  readonly place?: Place;
  readonly env?: NodeJS.ProcessEnv;
  readonly args?: readonly string[];
  /** `temporal.encryption` of nxs.yaml. */
  readonly encryption?: object;
  /** More of nxs.yaml. */
  readonly settings?: {
    readonly http?: object;
    /** Another server than one of its own; by default that of NXS_TEST_TEMPORAL, when there is one. */
    readonly temporal?: ClusterTarget;
    readonly [key: string]: unknown;
  };
}

/** Starts one; several on one place come one after the other and keep their ports. */
export async function startPlane(options: PlaneOptions = {}): Promise<Plane> {
  ensureBuilt();
  const place = options.place ?? (await makePlace());
  const { port, uiPort, http } = randomPorts();
  const { http: listener, temporal: _target, ...more } = options.settings ?? {};
  const cluster = await clusterTarget(place, options.settings?.temporal);
  const settings = {
    temporal: {
      ...(cluster ?? { mode: 'embedded', port, ui_port: uiPort }),
      ...(options.encryption === undefined ? {} : { encryption: options.encryption }),
    },
    http: { host: '127.0.0.1', port: http, ...listener },
    ...more,
  };
  writeFileSync(join(place.configDir, 'nxs.yaml'), JSON.stringify(settings));
  const env = { ...place.env, NXS_TEMPORAL_CLI: inject('temporalCli'), ...options.env };
  const child = spawnNxs(['up', ...(options.args ?? [])], env);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const ended = once(child, 'exit');
  const running = () => child.exitCode === null && child.signalCode === null;
  const run = () =>
    until(async () => {
      const file = await readRunFile(place.stateDir);
      if (!running()) throw new Error(`it ended: ${output}`);
      return file?.pid === child.pid ? file : null;
    }, 60_000);
  const get: Plane['get'] = async (path) => {
    const response = await fetch((await run()).http + path);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const client: Plane['client'] = async (use) => {
    const connection = await Connection.connect({ address: (await run()).temporal });
    try {
      return await use(new Client({ connection, namespace: cluster?.namespace ?? 'default' }));
    } finally {
      await connection.close();
    }
  };
  return {
    place,
    env,
    process: child,
    output: () => output,
    run,
    get,
    client,
    nxs: (...args) => nxs(args, env),
    async ready() {
      await until(async () => (await get('/readyz')).status === 200, 60_000);
    },
    async stop(signal = 'SIGTERM') {
      if (running()) child.kill(signal);
      await ended;
      return child.exitCode;
    },
    async dispose() {
      const pids = (await readRunFile(place.stateDir))?.pids;
      if (running()) child.kill('SIGKILL');
      if (child.signalCode === null && child.exitCode === null) await ended;
      for (const pid of [pids?.worker, pids?.temporal]) if (typeof pid === 'number') end(pid);
      await removePlace(place);
    },
  };
}

/** True while a process of this id is there. */
export function isAlive(pid: number | null): boolean {
  if (pid === null) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
