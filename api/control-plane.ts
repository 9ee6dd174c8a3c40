// In a process of its own, since it has signals, exit codes and a memory of its own: a program that crashes takes no control plane with
// it, and the other way round.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../config/load.js';
import { NxsError } from '../domain/errors.js';
import { distDirectory } from '../workers/dist-paths.js';
import { readReadiness } from '../workers/readiness.js';
import type { RunFile } from '../workers/run-file.js';
import type { ControlPlane, ControlPlaneOptions } from './types.js';

const POLL = 100;
const FIRST_START = 600_000;
/** Lines of its output that stand in the error when it ends before it is ready. */
const LAST_WORDS = 5;

/**
 * `nxs up` as a child of this program; resolves when it is ready. It ends with this program, unless that one is killed.
 * Throws NxsFailure: CONFIG_INVALID; ALREADY_RUNNING and other reasons as ACTIVITY_FAILED with its last words.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { configDir, node, temporal, port, timeout = FIRST_START, onLine } = options;
  const env = { ...(options.env ?? process.env), ...(node === undefined ? {} : { NXS_NODE: node }) };
  const config = await loadConfig({
    env,
    tolerant: true,
    ...(configDir === undefined ? {} : { dir: configDir }),
  });
  const args = [
    ...(configDir === undefined ? [] : ['--config', configDir]),
    'up',
    ...(temporal === undefined ? [] : ['--temporal', temporal]),
    ...(port === undefined ? [] : ['--port', String(port)]),
  ];
  const child = spawn(process.execPath, [join(distDirectory(), 'cli', 'main.js'), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const words: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    hear(stream, (line) => {
      words.push(line);
      words.splice(0, words.length - LAST_WORDS);
      onLine?.(line);
    });
  const ended = endOf(child);
  const leave = () => void child.kill('SIGTERM');
  process.once('exit', leave);
  void ended.then(() => process.off('exit', leave));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    return ended;
  };
  const run = await readyOf(config, child, timeout);
  if (run !== null) return { pid: run.pid, http: run.http, temporal: run.temporal, ended, stop };
  const code = await stop();
  throw new NxsError('ACTIVITY_FAILED', `The control plane did not become ready: ${words.join(' / ')}`, {
    exit: code,
  });
}

/** null: it ended, or the time is over. */
async function readyOf(
  config: Parameters<typeof readReadiness>[0],
  child: ChildProcess,
  timeout: number,
): Promise<RunFile | null> {
  const deadline = performance.now() + timeout;
  while (child.exitCode === null && child.signalCode === null && performance.now() < deadline) {
    const front = await readReadiness(config);
    if (front.kind === 'answer' && front.ready && front.run.pid === child.pid) return front.run;
    await sleep(POLL);
  }
  return null;
}

async function endOf(child: ChildProcess): Promise<number> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

function hear(stream: Readable, line: (text: string) => void): void {
  createInterface({ input: stream }).on('line', line);
}
