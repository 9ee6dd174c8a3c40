// Child processes run plain Node: the script is bundled once, with what it imports, into a scratch file.
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ESBUILD = join(import.meta.dirname, '../../../../node_modules/.bin/esbuild');

// The command, not the library: the library leaves a service process behind.
export function bundleScript(source: string, outfile: string, ...more: readonly string[]): string {
  const options = ['--bundle', '--platform=node', '--format=esm', '--log-level=error', ...more];
  execFileSync(ESBUILD, [source, `--outfile=${outfile}`, ...options], { stdio: 'inherit' });
  return outfile;
}

export interface Running {
  readonly child: ChildProcess;
  /** Lines on stdout so far. */
  lines(): string[];
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

export function runScript(script: string, args: readonly string[]): Running {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const ended = once(child, 'close').then(
    ([code, signal]: unknown[]) => (code as number | null) ?? (signal as string),
  );
  return { child, ended, lines: () => text.split('\n').slice(0, -1) };
}

/** Waits for a condition, at most 20 s. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('the condition was not met within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
