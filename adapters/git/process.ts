// Streaming git processes. What can go wrong is always the same: it does not start, it dies half-way, its pipe
// breaks before its exit code is known, or nobody ends it. All of that is settled here once.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { CancelSignal } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { type GitScope, gitEnvironment } from './environment.js';
import { gitFailure } from './failure.js';

export interface GitCall {
  readonly scope: GitScope;
  readonly args: readonly string[];
  /** The place as a person knows it; it stands in errors. */
  readonly where: string;
  readonly signal?: CancelSignal | undefined;
}

export interface GitExit {
  readonly code: number | null;
  readonly stderr: string;
}

export interface GitProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves once the process is gone and its pipes are closed; rejects only when it never started or on CANCELLED. */
  readonly exit: Promise<GitExit>;
  /** Ends it; waits for nothing. */
  kill(): void;
}

const STDERR_TAIL = 4096;
const GRACE_MS = 2000;

/** Starts git; the caller drives the pipes and must await `exit`. */
export function spawnGit(call: GitCall): GitProcess {
  if (call.signal?.aborted === true) throw new NxsError('CANCELLED', `Work at ${call.where} was cancelled.`);
  const env = gitEnvironment(call.scope);
  const child = spawn('git', [...call.args], {
    env,
    cwd: '/',
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const kill = () => stop(child);
  call.signal?.addEventListener('abort', kill, { once: true });
  // A broken pipe shows itself again as an exit code with a sentence; the pipe's own error says less.
  child.stdin.on('error', () => undefined);
  child.stdout.on('error', () => undefined);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_TAIL);
  });
  const exit = new Promise<GitExit>((resolve, reject) => {
    child.once('error', (error) => reject(notStarted(error)));
    child.once('close', (code) => {
      call.signal?.removeEventListener('abort', kill);
      if (call.signal?.aborted === true)
        reject(new NxsError('CANCELLED', `Work at ${call.where} was cancelled.`));
      else resolve({ code, stderr });
    });
  });
  exit.catch(() => undefined);
  return { stdin: child.stdin, stdout: child.stdout, exit, kill };
}

/** Throws the mapped NxsError unless git ended well. */
export function checkExit(call: GitCall, exit: GitExit): void {
  if (exit.code === null) {
    // Killed (the kernel short of memory, a person): nothing was learnt about the store.
    throw new NxsError('ACTIVITY_FAILED', `git was killed while it worked at ${call.where}.`);
  }
  if (exit.code !== 0) throw gitFailure(call.where, exit.stderr, `exit code ${String(exit.code)}`);
}

/** Runs git to its end with `input` on stdin and returns all of stdout. Not for output without a bound. */
export async function collectGit(call: GitCall, input: string | Uint8Array = ''): Promise<Buffer> {
  const { exit, stdout } = await tryGit(call, input);
  checkExit(call, exit);
  return stdout;
}

/** As collectGit, but a failing exit code is an answer. */
export async function tryGit(
  call: GitCall,
  input: string | Uint8Array = '',
): Promise<{ readonly exit: GitExit; readonly stdout: Buffer }> {
  const git = spawnGit(call);
  const chunks: Buffer[] = [];
  git.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  git.stdin.end(input);
  const exit = await git.exit;
  return { exit, stdout: chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks) };
}

/** Writes with back pressure; resolves at once when the pipe is gone (its exit code tells). */
export async function writeTo(pipe: Writable, bytes: Uint8Array): Promise<void> {
  if (pipe.destroyed || pipe.write(bytes)) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      pipe.off('drain', done).off('close', done);
      resolve();
    };
    pipe.on('drain', done).on('close', done);
  });
}

function stop(child: ChildProcessByStdio<Writable, Readable, Readable>): void {
  // SIGTERM first: git then removes its own lock files.
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
}

function notStarted(error: Error): NxsError {
  return new NxsError(
    'ACTIVITY_FAILED',
    `git could not be started (${error.message}); put git on PATH.`,
    {},
    error,
  );
}
