// What a fresh clone lacks, done once: packages, then the build. When nothing is missing it only hashes the
// sources, needs no network and takes no lock. Only Node built-ins here: the packages may not be there yet.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './support/child.mjs';
import { withLock } from './support/lock.mjs';
import { installPackages, packagesInStep } from './support/packages.mjs';
import { ROOT } from './support/paths.mjs';
import { runMain, say, SetUpError } from './support/say.mjs';
import { buildInStep } from './support/stamp.mjs';

/** Makes this clone runnable. Throws SetUpError with one sentence for the person. */
export async function bootstrap() {
  if (packagesInStep(ROOT) && buildInStep()) return;
  requireGit();
  await withLock(async () => {
    // Looked at again: another process may have done it while this one waited.
    if (!packagesInStep(ROOT)) await installPackages(ROOT);
    if (!buildInStep()) await build();
  });
}

function requireGit() {
  const git = spawnSync('git', ['--version'], { stdio: 'ignore' });
  if (git.status !== 0)
    throw new SetUpError('git was not found on PATH: install it (Debian: apt install git) and start again.');
}

async function build() {
  say('building …');
  const { code } = await runChild(process.execPath, [join(ROOT, 'scripts/build.mjs'), '--locked'], {
    cwd: ROOT,
  });
  if (code !== 0) throw new SetUpError('the build failed; the reason stands above.', code);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runMain(bootstrap);
