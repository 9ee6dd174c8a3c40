// Peers run as whole processes with an environment made from scratch, the same for each of them.
import { spawn } from 'node:child_process';

export interface Ended {
  readonly ms: number;
  readonly stdout: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Runs one program to its end and times it. Throws with its last words when it fails. */
export async function run(program: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  const began = performance.now();
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const ms = performance.now() - began;
  if (code !== 0) {
    const said = Buffer.concat(err).toString('utf8').trim().slice(-500);
    throw new Error(`${program} ${args.slice(0, 3).join(' ')} ended with ${String(code)}: ${said}`);
  }
  return { ms, stdout: Buffer.concat(out).toString('utf8') };
}

/** ms that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
