import { spawn } from 'node:child_process';
import { resolve as absolute } from 'node:path';
import { plainEnvironment } from '../shell/plain-environment.js';

// Tools that fetch or unpack must never hang a start: no stdin to ask on, a limit on silence and one on
// the whole. The group is killed, because pip and tar start helpers of their own.

export interface ToolLimits {
  /** Milliseconds until the first byte of output. */
  readonly answer: number;
  /** Milliseconds for the whole. */
  readonly total: number;
}

export interface ToolResult {
  readonly code: number | null;
  /** stdout and stderr as they came, at most the last 8 KB. */
  readonly output: string;
  /** Set when it did not end by itself. */
  readonly stopped: 'no answer' | 'too slow' | 'cancelled' | null;
  /** Set when it could not be started. */
  readonly error: NodeJS.ErrnoException | null;
}

export interface ToolOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly onOutput?: (chunk: string) => void;
  readonly signal?: AbortSignal;
}

const KEPT = 8 * 1024;

/** What fetching needs beside: proxies, authorities, the user's own settings of pip. */
const NETWORK =
  /^(https?_proxy|no_proxy|all_proxy|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|PIP_\w+|PYTHONUNBUFFERED|XDG_(CACHE|CONFIG)_HOME)$/i;

/** Runs a program without a shell, a stdin or a way to hang. Never throws. */
export function runTool(
  program: string,
  args: readonly string[],
  limits: ToolLimits,
  options: ToolOptions = {},
): Promise<ToolResult> {
  return new Promise((resolve) => {
    // Python looks for its modules in the working directory first: in that of whoever started us, anybody may have put one.
    const child = spawn(program.includes('/') ? absolute(program) : program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: '/',
      env: plainEnvironment(options.env ?? process.env, NETWORK),
      detached: true,
    });
    let output = '';
    let stopped: ToolResult['stopped'] = null;
    let error: NodeJS.ErrnoException | null = null;
    const stop = (why: Exclude<ToolResult['stopped'], null>) => {
      stopped = why;
      killGroup(child.pid);
    };
    const silence = setTimeout(stop, limits.answer, 'no answer');
    const whole = setTimeout(stop, limits.total, 'too slow');
    const cancel = () => stop('cancelled');
    options.signal?.addEventListener('abort', cancel);
    if (options.signal?.aborted === true) cancel();
    const take = (chunk: Buffer) => {
      clearTimeout(silence);
      output = (output + chunk.toString('utf8')).slice(-KEPT);
      options.onOutput?.(chunk.toString('utf8'));
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const finish = (code: number | null) => {
      clearTimeout(silence);
      clearTimeout(whole);
      options.signal?.removeEventListener('abort', cancel);
      resolve({ code, output, stopped, error });
    };
    child.on('error', (cause) => {
      error = cause;
      // It never ran, so nothing else will be heard of it.
      if (child.pid === undefined) finish(null);
    });
    child.on('close', finish);
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended between the timer and here.
  }
}

/** The last line of a tool's output that says something, for an error message. */
function lastLine(output: string): string {
  const lines = output.split(/\r?\n|\r/).filter((line) => line.trim() !== '');
  return (lines[lines.length - 1] ?? '').trim().slice(0, 200);
}

/** Why a tool failed, in a few words; null when it did not. */
export function toolProblem(result: ToolResult, limits: ToolLimits): string | null {
  if (result.error !== null)
    return result.error.code === 'ENOENT'
      ? 'not installed'
      : `cannot be started (${result.error.code ?? '?'})`;
  if (result.stopped === 'no answer') return `no answer in ${limits.answer / 1000} s`;
  if (result.stopped === 'too slow') return `not done in ${limits.total / 1000} s`;
  if (result.stopped === 'cancelled') return 'cancelled';
  if (result.code !== 0) return lastLine(result.output) || `ended with code ${String(result.code)}`;
  return null;
}
