import { readFile, unlink } from 'node:fs/promises';
import { errorMessage, NxsError } from '../../domain/errors.js';
import { LABEL, UNIT } from '../../domain/service/plan.js';
import { originOf } from '../../domain/service/seal-text.js';
import { managerOf, type Machine, type Place } from './place.js';
import { sha256Hex } from './sha256.js';

/** Stops it, takes it out of the start of the machine and removes its file. State, data and configuration stay. Throws NxsError. */
export async function uninstallService(
  machine: Machine,
  place: Place,
  force: boolean,
): Promise<'removed' | 'absent'> {
  const text = await readFile(place.path, 'utf8').catch(() => null);
  if (text === null) return 'absent';
  if (originOf(text, sha256Hex) === 'foreign' && !force)
    throw new NxsError('USAGE', `${place.path} is not of nxs and is left as it is; --force removes it.`);
  if (place.manager) await letGo(machine, place);
  try {
    await unlink(place.path);
  } catch (error) {
    throw new NxsError(
      'SERVICE_FAILED',
      `${place.path} cannot be removed: ${errorMessage(error)}`,
      {},
      error,
    );
  }
  if (place.manager && place.kind === 'systemd') {
    const { systemctl } = managerOf(machine, place.scope);
    await systemctl('daemon-reload');
    await systemctl('reset-failed', UNIT);
  }
  return 'removed';
}

async function letGo(machine: Machine, place: Place): Promise<void> {
  const { systemctl, launchctl, domain } = managerOf(machine, place.scope);
  const { code, complaint } =
    place.kind === 'systemd'
      ? await systemctl('disable', '--now', UNIT)
      : await launchctl('bootout', `${domain}/${LABEL}`);
  // launchd: 3 and 113 say that it was not loaded.
  if (code === 0 || (place.kind === 'launchd' && (code === 3 || code === 113))) return;
  throw new NxsError('SERVICE_FAILED', `It could not be stopped: ${complaint}. Nothing was removed.`);
}
