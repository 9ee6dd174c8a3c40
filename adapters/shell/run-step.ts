// One command: in a process group of its own, without our environment, ended with all that it started when its time is over, its
// output read to the end and only the last of it kept.
import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { errnoOf } from '../../domain/errors.js';
import type { CommandLine, Order, StepOutcome } from '../../domain/healing/ports.js';
import { plainEnvironment } from './plain-environment.js';

/** Administrators' programs, which a plain user's PATH often lacks. */
const SYSTEM_PATHS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin'];

/** Bytes of output that are kept. */
const TAIL = 4096;
/** ms from the polite signal to the other one. */
const GRACE = 2_000;
/** ms that output has to arrive after the end; whoever holds the pipe longer is not waited for. */
const DRAIN = 100;

export function commandEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const mine = plainEnvironment(env);
  const paths = (mine['PATH'] ?? '').split(':').filter((each) => each !== '');
  return { ...mine, PATH: [...paths, ...SYSTEM_PATHS.filter((each) => !paths.includes(each))].join(':') };
}

/** Never rejects. */
export function runStep(
  { command, timeout }: Order['steps'][number],
  env: NodeJS.ProcessEnv,
): Promise<StepOutcome> {
  const began = performance.now();
  const [program = '', ...args] = wordsOf(command);
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let tail = Buffer.alloc(0);
    let timedOut = false;
    let kill: NodeJS.Timeout | undefined;
    const keep = (chunk: Buffer) => {
      tail = Buffer.concat([tail, chunk]).subarray(-TAIL);
    };
    // Without file descriptors left there are no streams.
    const streams: readonly (Readable | null | undefined)[] = [child.stdout, child.stderr];
    const term = setTimeout(() => {
      timedOut = true;
      signalGroup(child.pid, 'SIGTERM');
      kill = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE);
    }, timeout);
    const end = (outcome: Pick<StepOutcome, 'code' | 'signal' | 'failure'>) => {
      clearTimeout(term);
      clearTimeout(kill);
      if (timedOut) signalGroup(child.pid, 'SIGKILL');
      for (const stream of streams) stream?.destroy();
      const ms = Math.round(performance.now() - began);
      resolve({ ...outcome, timedOut, ms, output: tail.toString('utf8') });
    };
    child.once('error', (error) => end({ code: null, signal: null, failure: notStarted(program, error) }));
    for (const stream of streams) stream?.on('data', keep).on('error', () => undefined);
    // Not `close`: what it left in the background may hold its pipes for ever.
    child.once('exit', (code, signal) => setTimeout(() => end({ code, signal, failure: null }), DRAIN));
  });
}

function wordsOf(command: CommandLine): readonly string[] {
  // eslint-disable-next-line no-restricted-syntax -- the user's own line of healing.yaml
  return command.kind === 'sh' ? ['/bin/sh', '-c', command.sh] : command.argv;
}

function notStarted(program: string, error: Error): string {
  const code = errnoOf(error);
  if (code === 'ENOENT') return `there is no command "${basename(program)}": give its whole path`;
  if (code === 'EACCES') return `${basename(program)} may not be run: is it executable?`;
  return `${basename(program)} could not be started (${code ?? error.name})`;
}

function signalGroup(pid: number | undefined, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch {
    return;
  }
}
