// Where a restore is tried: `<state>/drill`, one drill at a time. Whatever else lies there was left by a drill that was
// killed, and goes before the next one begins: secrets of the data directory must not lie about twice.
import { chmod, mkdir, readdir, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { DrillRoom } from '../activities/backup/ports.js';
import { acquireLock } from '../adapters/files/lock.js';
import { errorMessage, NxsError } from '../domain/errors.js';
import { fileNameOf } from '../domain/ids.js';
import { openRestores } from './restores.js';

const LOCK = 'lock';

/** ms; longer than that belongs to the retry. */
const PATIENCE = 30_000;

/** The room below `dir`. Its `run` throws NxsError LOCKED while another drill is at work, and DESTINATION_UNWRITABLE. */
export function openDrillRoom(dir: string): DrillRoom {
  return {
    async run(name, work) {
      const lock = await unlessUnwritable(dir, () =>
        acquireLock(path.join(dir, LOCK), { purpose: `restore drill ${name}`, wait: PATIENCE }),
      );
      const place = path.join(dir, fileNameOf(name));
      try {
        await unlessUnwritable(dir, () => clear(dir));
        // Files are restored with their own modes; nobody but the owner may reach them.
        await unlessUnwritable(dir, () => mkdir(place, { mode: 0o700 }));
        const restores = openRestores({ undoDir: path.join(place, 'undo'), dataDir: '', stateDir: place });
        return await work({ target: path.join(place, 'files'), free: await freeBytes(dir), restores });
      } finally {
        await rm(place, { recursive: true, force: true, maxRetries: 3, retryDelay: 100 }).catch(
          () => undefined,
        );
        await lock.release();
      }
    },
  };
}

async function clear(dir: string): Promise<void> {
  await chmod(dir, 0o700);
  const names = await readdir(dir);
  const left = names.filter((name) => name !== LOCK && !name.startsWith(`${LOCK}.`));
  await Promise.all(left.map((name) => rm(path.join(dir, name), { recursive: true, force: true })));
}

async function freeBytes(dir: string): Promise<number | null> {
  return statfs(dir).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => null,
  );
}

async function unlessUnwritable<T>(dir: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof NxsError) throw error;
    const message = `The drill cannot write in ${dir}: ${errorMessage(error)}.`;
    throw new NxsError('DESTINATION_UNWRITABLE', message, {}, error);
  }
}
