// Starts the child and kills it at a chosen moment.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RestoreInput } from '../../../activities/contracts.js';
import type { Config } from '../../../config/types.js';

const ROOT = join(import.meta.dirname, '../../..');
// What CommonJS packages ask for inside an ES module bundle.
const BANNER =
  "import{createRequire as requireOf}from'node:module';const require=requireOf(import.meta.url);";

/** One file of plain JavaScript, so that a child starts fast. The command, not the library: that leaves a service behind. */
export function bundleChild(folder: string, entry = 'child.ts'): string {
  const outfile = join(folder, 'child.mjs');
  const options = [
    '--bundle',
    '--platform=node',
    '--format=esm',
    '--log-level=error',
    `--banner:js=${BANNER}`,
  ];
  const esbuild = join(ROOT, 'node_modules/.bin/esbuild');
  execFileSync(esbuild, [join(import.meta.dirname, entry), `--outfile=${outfile}`, ...options]);
  return outfile;
}

export interface Job {
  readonly config: Config;
  readonly run: string;
  readonly restore: Partial<RestoreInput> | null;
}

export interface SyncJob {
  readonly config: Config;
}

export interface Killed {
  /** What it had said. */
  readonly lines: readonly string[];
  /** ms from `began` to the end. */
  readonly ms: number;
  readonly killed: boolean;
}

/** Kills it `after` ms after it began; null lets it end by itself. `uid` (as root) runs it as that user and group. */
export async function runAndKill(
  script: string,
  file: string,
  job: Job | SyncJob,
  after: number | null,
  uid?: number,
): Promise<Killed> {
  await writeFile(file, JSON.stringify(job));
  const child = spawn(process.execPath, [script, file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let text = '';
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const began = new Promise<number>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (text === '') resolve(performance.now());
      text += chunk;
    });
  });
  const start = await Promise.race([began, ended.then(() => performance.now())]);
  if (after !== null) {
    await Promise.race([sleep(after), ended]);
    child.kill('SIGKILL');
  }
  const [code, signal] = await ended;
  if (signal === null && code !== 0) throw new Error(`the child ended with ${String(code)}: ${errors}`);
  return { lines: text.split('\n').filter(Boolean), ms: performance.now() - start, killed: signal !== null };
}
