import { spawnSync } from 'node:child_process';
import { ROOT } from './paths.mjs';
import { SetUpError } from './say.mjs';

/**
 * npm in this clone, to its end.
 * @param {readonly string[]} args
 * @returns {{ status: number | null, stdout: string, stderr: string }}
 */
export function npm(args) {
  const run = spawnSync('npm', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (run.error !== undefined) throw new SetUpError(`npm could not be run: ${run.error.message}`);
  return run;
}
