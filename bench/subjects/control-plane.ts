// The whole product as a person starts it. Ends with the bench whatever happens: it runs in a process group of its own,
// and that group is what is killed, with the children that its supervisor gave groups of their own.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { resolveProgram } from '../../adapters/temporal/binary.js';
import { connectTemporal, type TemporalConnection } from '../../adapters/temporal/connect.js';
import { embeddedTarget } from '../../adapters/temporal/target.js';
import { readRunFile, runFilePath, type RunFile } from '../../workers/run-file.js';
import { ROOT } from './root.js';

export interface ControlPlane {
  /** ms from the start of the process to the first 200 of /readyz. */
  readonly readyMs: number;
  /** Resolves with what it printed once the first backup is green; throws when it is not. */
  firstBackup(): Promise<string>;
  /** As of now. */
  run(): Promise<RunFile>;
  connect(): Promise<TemporalConnection>;
  stop(): Promise<void>;
}

/** How often a state is looked at, ms: the error of the times below. */
const LOOK_EVERY_MS = 20;
const PATIENCE_MS = 120_000;

/** Temporal's program, fetched when it is not there yet; for NXS_TEMPORAL_CLI, so that no start pays for that. */
export async function temporalProgram(): Promise<string> {
  return (await resolveProgram({ env: process.env })).path;
}

const NPM_START: readonly [string, ...string[]] = ['npm', 'start', '--silent'];

/** `npm start`, or another command, with that environment, which must name the state directory. */
export async function startControlPlane(
  env: NodeJS.ProcessEnv,
  stateDir: string,
  [program, ...args]: readonly [string, ...string[]] = NPM_START,
): Promise<ControlPlane> {
  const began = performance.now();
  const child = spawn(program, args, {
    cwd: ROOT,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const killAll = () => {
    if (child.pid === undefined || child.exitCode !== null) return;
    const children = childrenOf(stateDir);
    for (const pid of [child.pid, ...children]) killGroup(pid);
  };
  process.on('exit', killAll);
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const until = async (what: string, look: () => Promise<boolean>) => {
    const deadline = performance.now() + PATIENCE_MS;
    while (!(await look())) {
      if (child.exitCode !== null || performance.now() > deadline)
        throw new Error(`${what} never came:\n${said}`);
      await sleep(LOOK_EVERY_MS);
    }
  };
  const current = async () => {
    const run = await readRunFile(stateDir);
    if (run === null) throw new Error(`no run.json in ${stateDir}`);
    return run;
  };
  await until('/readyz', () => isReady(stateDir));
  const readyMs = performance.now() - began;
  return {
    readyMs,
    async firstBackup() {
      const ended = /^.*\b(green|NOT GREEN|HELD|FAILED|first backup): .*$/m;
      await until('the first backup', () => Promise.resolve(ended.test(said)));
      const line = ended.exec(said)?.[0] ?? '';
      if (!line.includes('green: ')) throw new Error(line);
      return line;
    },
    run: current,
    connect: async () => connectTemporal(embeddedTarget((await current()).temporal, [])),
    async stop() {
      child.kill('SIGTERM');
      await exited;
      process.off('exit', killAll);
    },
  };
}

async function isReady(stateDir: string): Promise<boolean> {
  const run = await readRunFile(stateDir);
  if (run === null || run.http === '') return false;
  return fetch(new URL('/readyz', run.http)).then(
    (answer) => answer.status === 200,
    () => false,
  );
}

/** The worker and the engine as run.json names them; at once, since nothing is waited for while a process exits. */
function childrenOf(stateDir: string): readonly number[] {
  try {
    const { pids } = JSON.parse(readFileSync(runFilePath(stateDir), 'utf8')) as RunFile;
    return Object.values(pids).filter((pid) => pid !== null);
  } catch {
    // It has not come so far.
    return [];
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
}
