import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { run } from '../measure/run.js';
import { ROOT } from './root.js';
import type { Scratch } from './scratch.js';

export interface ResticPeer {
  readonly version: string;
  first(): Promise<number>;
  unchanged(): Promise<number>;
  /** check --read-data */
  check(): Promise<number>;
  /** restore --verify */
  restore(): Promise<number>;
}

/** The program, by bench/peers/restic.sh; a sentence when it cannot be had. */
export async function findRestic(): Promise<{ program: string; version: string } | { reason: string }> {
  const script = path.join(ROOT, 'bench/peers/restic.sh');
  try {
    const kept = path.join(ROOT, 'node_modules/.cache/nxs-bench');
    const { stdout } = await promisify(execFile)('bash', [script, kept], { timeout: 600_000 });
    const program = stdout.trim().split('\n').at(-1) ?? '';
    const said = await promisify(execFile)(program, ['version']);
    return { program, version: said.stdout.split(' ').slice(0, 2).join(' ') };
  } catch (error) {
    return {
      reason: error instanceof Error ? (error.message.trim().split('\n').at(-1) ?? '') : String(error),
    };
  }
}

/** A new local repository; `init` is not timed. */
export async function openRestic(
  scratch: Scratch,
  found: { readonly program: string; readonly version: string },
  work: string,
): Promise<ResticPeer> {
  const dir = scratch.dir('restic');
  const env = {
    ...scratch.env,
    RESTIC_REPOSITORY: path.join(dir, 'repository'),
    RESTIC_CACHE_DIR: path.join(dir, 'cache'),
    RESTIC_PASSWORD: 'bench',
  };
  let restores = 0;
  const restic = async (...args: string[]) =>
    (await run(found.program, ['-q', ...args], { cwd: work, env })).ms;
  await restic('init');
  return {
    version: found.version,
    first: () => restic('backup', '.'),
    unchanged: () => restic('backup', '.'),
    check: () => restic('check', '--read-data'),
    restore() {
      restores += 1;
      return restic('restore', 'latest', '--verify', '--target', path.join(dir, `restored-${restores}`));
    },
  };
}
