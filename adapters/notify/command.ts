// A command of the user: no shell takes part, its environment has nothing of ours (no token, no proxy), and one that does not
// end is ended together with all that it started.
import { spawn, type ChildProcess } from 'node:child_process';
import { basename } from 'node:path';
import type { Message, Sender } from '../../domain/notify/message.js';
import { clip, oneLine } from '../../domain/notify/text.js';
import { errnoOf } from '../../domain/errors.js';
import { plainEnvironment } from '../shell/plain-environment.js';
import { failure, type Channel, type Outcome } from './channel.js';
import { noticeJson } from './formats/json.js';
import { withRetries } from './retry.js';
import type { CommandSettings } from './settings.js';

/** From the polite signal to the other one, ms. */
const GRACE = 1000;

const STDERR_TAIL = 2048;

/** Runs the command once per message, with the message as one JSON document on its standard input. */
export function commandChannel(
  settings: CommandSettings,
  sender: Sender,
  env: Readonly<Record<string, string | undefined>>,
): Channel {
  const { name, run, timeout } = settings;
  const mine = plainEnvironment(env);
  return {
    name,
    kind: 'command',
    limit: timeout + GRACE,
    secrets: [],
    deliver: (message: Message, signal: AbortSignal) =>
      withRetries((each) => runOnce(run, `${JSON.stringify(noticeJson(message, sender))}\n`, mine, each), {
        limit: timeout,
        signal,
      }),
  };
}

function runOnce(
  [program = '', ...args]: readonly string[],
  input: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Outcome> {
  return new Promise((resolve) => {
    // A group of its own: whatever it starts is ended with it.
    const child = spawn(program, args, { env, cwd: '/', stdio: ['pipe', 'ignore', 'pipe'], detached: true });
    const stop = () => end(child);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-STDERR_TAIL)));
    child.stderr.on('error', () => undefined);
    // A command that reads nothing (notify-send) closes its end early.
    child.stdin.on('error', () => undefined);
    child.once('error', (error) => resolve(notStarted(program, error)));
    // Not `close`: something that it left in the background may hold its pipes for ever.
    child.once('exit', (code, by) => {
      signal.removeEventListener('abort', stop);
      setImmediate(() => {
        child.stdin.destroy();
        child.stderr.destroy();
        resolve(outcomeOf(program, code, by, said));
      });
    });
    child.stdin.end(input);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

function outcomeOf(program: string, code: number | null, by: string | null, said: string): Outcome {
  if (code === 0) return { ok: true };
  const last = clip(oneLine(said.trim().split('\n').at(-1) ?? ''), 120);
  const words = last === '' ? '' : `; it says "${last}"`;
  const how = code === null ? `was ended by ${by ?? 'a signal'}` : `failed with exit code ${code}`;
  return failure(`${basename(program)} ${how}${words}`);
}

function notStarted(program: string, error: Error): Outcome {
  const code = errnoOf(error);
  if (code === 'ENOENT')
    return failure(`there is no command "${basename(program)}": give its whole path in \`run\``);
  if (code === 'EACCES') return failure(`${basename(program)} may not be run: is it executable?`);
  return failure(`${basename(program)} could not be started (${code ?? error.name})`);
}

function end(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE);
  child.once('exit', () => {
    clearTimeout(timer);
    // What it started may have survived the polite signal.
    signalGroup(child, 'SIGKILL');
  });
}

function signalGroup({ pid }: ChildProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch {
    return;
  }
}
