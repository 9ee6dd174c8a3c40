// Temporal's server as a process of this machine, with the compose file's settings but for addresses and ports.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../support/paths.mjs';
import { SetUpError } from '../support/say.mjs';
import { environmentOf } from './compose-settings.mjs';

/** Its listeners, in the order of their ports. */
const LISTENERS = [
  'FRONTEND_GRPC_PORT',
  'FRONTEND_HTTP_PORT',
  'FRONTEND_MEMBERSHIP_PORT',
  'MATCHING_GRPC_PORT',
  'MATCHING_MEMBERSHIP_PORT',
  'HISTORY_GRPC_PORT',
  'HISTORY_MEMBERSHIP_PORT',
  'WORKER_GRPC_PORT',
  'WORKER_MEMBERSHIP_PORT',
];

/** ms until it has to listen, and until it has to be gone after a SIGTERM. */
const PATIENCE = 90_000;

/**
 * Starts it and returns its pid when it listens. It outlives this process.
 * @param {import('./place.mjs').State} state @param {string} program
 */
export async function startServer(directory, state, program) {
  const { base, password } = state;
  const ports = LISTENERS.map((name, n) => [name, String(base + 1 + n)]);
  const log = join(directory, 'server.log');
  const output = openSync(log, 'a');
  // An environment of its own: nothing of a test's, whose guard would take it for a child left behind.
  const child = spawn(program, ['start'], {
    cwd: directory,
    detached: true,
    stdio: ['ignore', output, output],
    env: {
      PATH: process.env.PATH,
      ...environmentOf('server', { POSTGRES_PASSWORD: password }),
      ...Object.fromEntries(ports),
      POSTGRES_SEEDS: '127.0.0.1',
      DB_PORT: String(base),
      BIND_ON_IP: '127.0.0.1',
      DYNAMIC_CONFIG_FILE_PATH: join(ROOT, 'deploy/temporal/dynamicconfig.yaml'),
      PROMETHEUS_ENDPOINT: `127.0.0.1:${base + 1 + LISTENERS.length}`,
    },
  });
  closeSync(output);
  child.unref();
  const deadline = Date.now() + PATIENCE;
  while (!(await listens(base + 1))) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new SetUpError(`the server did not come up; the end of ${log}:\n${tail(log)}`, 1);
    await sleep(200);
  }
  return child.pid;
}

/** @param {NodeJS.Signals} signal */
export async function endServer(pid, signal) {
  if (!isServerUp(pid)) return;
  process.kill(pid, signal);
  for (const deadline = Date.now() + PATIENCE; isServerUp(pid); await sleep(100))
    if (Date.now() > deadline) process.kill(pid, 'SIGKILL');
}

/** By its command line: a pid is given to another process some day. @param {number | null} pid */
export function isServerUp(pid) {
  if (pid === null) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0].endsWith('temporal-server');
  } catch {
    return false;
  }
}

function listens(port) {
  return new Promise((done) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => socket.destroy() && done(true)).once('error', () => done(false));
  });
}

function tail(file) {
  return readFileSync(file, 'utf8').trim().split('\n').slice(-8).join('\n');
}
