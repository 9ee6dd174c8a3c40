// The name of this worker, and the id of its state directory, made once and kept there.
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { errnoOf } from '../../domain/errors.js';
import type { WorkerIdentity } from '../../domain/fleet/identity.js';
import { packageVersion } from '../package-version.js';

const INSTANCE = /^[0-9a-f]{12}$/;

/** Twelve hex digits; the same for as long as the state directory lives. */
export async function instanceOf(stateDir: string): Promise<string> {
  const file = path.join(stateDir, 'instance');
  const known = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (INSTANCE.test(known)) return known;
  const made = randomBytes(6).toString('hex');
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  try {
    await writeFile(file, `${made}\n`, { mode: 0o600, flag: known === '' ? 'wx' : 'w' });
    return made;
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    // Another process was faster, or an empty file lies there.
    const theirs = (await readFile(file, 'utf8')).trim();
    if (INSTANCE.test(theirs)) return theirs;
    await writeFile(file, `${made}\n`, { mode: 0o600 });
    return made;
  }
}

export async function ownIdentity(node: string, stateDir: string): Promise<WorkerIdentity> {
  const instance = await instanceOf(stateDir);
  return { node, host: hostname(), instance, pid: process.pid, since: Date.now(), version: packageVersion() };
}
