// The command as a user runs it: bin/nxs, in a process of its own, with an environment of its own.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');
const NXS = join(ROOT, 'bin/nxs');

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as one JSON document; throws when it is not exactly that. */
  json(): Record<string, unknown>;
}

/** Brings dist/ in step with the sources, as `npm test` does; nothing when it is. */
export function ensureBuilt(): void {
  execFileSync(process.execPath, [join(ROOT, 'scripts/bootstrap.mjs')], {
    stdio: 'ignore',
    timeout: 120_000,
  });
}

/** The variables that a command inherits in tests: the sealed ones, and nothing else of the machine. */
export function sealedEnv(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = [
    'PATH',
    'TMPDIR',
    'LC_ALL',
    'TZ',
    'NXS_TEST_MARK',
    'NXS_TEST_CACHE',
    'NXS_TEMPORAL_CLI',
    'XDG_RUNTIME_DIR',
  ];
  const kept = names.map((name) => [name, process.env[name]] as const);
  return { ...Object.fromEntries(kept.filter(([, value]) => value !== undefined)), ...more };
}

export function spawnNxs(args: readonly string[], env: NodeJS.ProcessEnv, cwd = ROOT): ChildProcess {
  return spawn(process.execPath, [NXS, ...args], {
    cwd,
    env: sealedEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs one command to its end. */
export async function nxs(args: readonly string[], env: NodeJS.ProcessEnv, cwd?: string): Promise<Said> {
  return collect(spawnNxs(args, env, cwd));
}

/** Waits for a process and takes what it said. */
export async function collect(child: ChildProcess): Promise<Said> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  const json = () => {
    try {
      return JSON.parse(stdout) as Record<string, unknown>;
    } catch {
      throw new Error(`not one JSON document: ${stdout}\nstderr: ${stderr}`);
    }
  };
  return { code, stdout, stderr, json };
}
