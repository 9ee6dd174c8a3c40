// `nxs ARGS --json` as a script runs it: a process of its own.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { distDirectory } from '../../workers/dist-paths.js';

export interface Said {
  readonly code: number;
  /** The document on stdout; null: there was none. */
  readonly json: unknown;
  readonly err: string;
}

/** A command that hangs is ended after this many ms; its exit code is then 124, as of timeout(1). */
const LIMIT_MS = 120_000;

/** The built entry of `nxs`. */
export function nxsMain(): string {
  return join(distDirectory(), 'cli', 'main.js');
}

/** Arguments of `nxs temporal` are Temporal's own and get no `--json`. */
export async function runNxs(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<Said> {
  const all = args[0] === 'temporal' ? args : [...args, '--json'];
  const child = spawn(process.execPath, [nxsMain(), ...all], { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exit) => resolve(exit ?? 124));
  });
  clearTimeout(limit);
  return { code, json: parsed(out), err };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
