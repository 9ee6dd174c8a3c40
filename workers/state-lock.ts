import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireLock, type Lock } from '../adapters/files/lock.js';
import { errorMessage, NxsError } from '../domain/errors.js';

/** Held by the one control plane of a state directory. */
export function stateLockPath(stateDir: string): string {
  return join(stateDir, 'lock');
}

/**
 * Makes the state directory owner-only and takes its lock. Throws NxsError ALREADY_RUNNING with the pid of
 * the control plane that holds it, or STATE_UNREADABLE.
 */
export async function lockState(stateDir: string): Promise<Lock> {
  try {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    await chmod(stateDir, 0o700);
    return await acquireLock(stateLockPath(stateDir), { purpose: 'nxs up' });
  } catch (error) {
    if (!(error instanceof NxsError))
      throw new NxsError(
        'STATE_UNREADABLE',
        `The state directory ${stateDir} cannot be used: ${errorMessage(error)}`,
      );
    const { pid, since } = error.details;
    throw new NxsError(
      'ALREADY_RUNNING',
      `A control plane already runs on ${stateDir}: process ${String(pid)}, since ${String(since)}.`,
      { pid, stateDir },
    );
  }
}
