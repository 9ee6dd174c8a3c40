// Is node_modules what package-lock.json says? By content, since a checkout gives every file a new time.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runChild } from './child.mjs';
import { say, SetUpError } from './say.mjs';

/**
 * @param {string} root
 * @returns {boolean} true when every package of the lock file is installed, in its version, for this platform
 */
export function packagesInStep(root) {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const stamp = stampOf(root, lock);
  // npm writes this file last, so its absence also tells of an interrupted run.
  if (stamp === null) return false;
  const file = stampFile(root);
  const recorded = existsSync(file) ? readFileSync(file, 'utf8') : null;
  if (recorded === stamp) return true;
  if (recorded !== null && JSON.parse(recorded).platform !== JSON.parse(stamp).platform) return false;
  const inStep = sameVersions(
    JSON.parse(lock.toString()),
    readJson(join(root, 'node_modules/.package-lock.json')),
  );
  if (inStep) writeFileSync(file, stamp);
  return inStep;
}

/** `npm ci`, said and shown when it fails. Throws SetUpError. @param {string} root */
export async function installPackages(root) {
  say('installing packages (npm ci) …');
  rmSync(stampFile(root), { force: true });
  // Left by a pack that was cut short; npm would believe it before the lock file.
  rmSync(join(root, 'npm-shrinkwrap.json'), { force: true });
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  const patience = setInterval(() => say(`still installing packages (${seconds()} s)`), 15_000);
  try {
    const [command, prefix] = npmCommand();
    // Development packages are needed to build, whatever NODE_ENV says.
    const args = [
      ...prefix,
      'ci',
      '--include=dev',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ];
    const { code, shown: lines } = await runChild(command, args, { cwd: root, capture: true });
    if (code !== 0) throw new SetUpError(failure(code, lines));
  } catch (error) {
    if (error.code === 'ENOENT')
      throw new SetUpError('npm was not found; it comes with Node (https://nodejs.org).');
    throw error;
  } finally {
    clearInterval(patience);
  }
  const stamp = stampOf(root, readFileSync(join(root, 'package-lock.json')));
  if (stamp !== null) writeFileSync(stampFile(root), stamp);
  say(`packages installed (${seconds()} s)`);
}

function failure(code, lines) {
  const shown = lines.map((line) => `  ${line}`).join('\n');
  return `npm ci failed (exit ${code}); the network or the npm registry is the usual reason. It said:\n${shown}`;
}

function npmCommand() {
  const path = process.env.npm_execpath;
  if (path !== undefined && basename(path) === 'npm-cli.js' && existsSync(path))
    return [process.execPath, [path]];
  return ['npm', []];
}

function stampFile(root) {
  return join(root, 'node_modules/.nxs-installed.json');
}

function stampOf(root, lock) {
  const hidden = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(hidden)) return null;
  const { mtimeMs, size } = statSync(hidden);
  const sha256 = createHash('sha256').update(lock).digest('hex');
  return JSON.stringify({
    platform: `${process.platform}-${process.arch}`,
    lock: sha256,
    installed: [mtimeMs, size],
  });
}

// Optional packages of other platforms stand in the lock file and are rightly not installed.
function sameVersions(lock, installed) {
  if (installed === null) return false;
  const wanted = Object.entries(lock.packages).filter(([path]) => path !== '');
  return wanted.every(([path, entry]) => {
    const found = installed.packages[path];
    if (found === undefined) return entry.optional === true || entry.peer === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
