// Can the next backup be written, and would it survive this disk? Asked hourly, so that the answer is known before
// it is needed.
import { constants } from 'node:fs';
import { access, readdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Access } from '../../domain/backup/ports.js';
import { errnoOf, errorMessage } from '../../domain/errors.js';
import { listFiles, readHead } from './list.js';
import { type GitStore, packDirectory } from './store.js';

const LEAST_FREE = 100 * 1024 * 1024;

/** The port's access(); never throws. */
export async function storeAccess(store: GitStore, dataDir: string): Promise<Access> {
  const { path: at } = store;
  const facts = { free: await freeBytes(at), sameDisk: await sharesDisk(at, dataDir) };
  try {
    if ((await readdir(at)).length === 0) return { state: 'absent', detail: `${at} is empty.`, ...facts };
    await readdir(packDirectory(store));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' && (await nearest(at)) !== at)
      return { state: 'absent', detail: `${at} does not exist yet.`, ...facts };
    return { state: 'unreadable', detail: `${at} cannot be read (${errorMessage(error)}).`, ...facts };
  }
  try {
    for (const dir of [at, packDirectory(store), path.join(at, 'refs', 'heads')]) {
      await access(dir, constants.W_OK | constants.X_OK);
    }
  } catch (error) {
    return { state: 'unwritable', detail: `${at} cannot be written (${errorMessage(error)}).`, ...facts };
  }
  let size = 0;
  try {
    const head = await readHead(store);
    const files = head === null ? [] : await listFiles(store, head.commit);
    size = files.reduce((sum, file) => sum + (file.size ?? 0), 0);
  } catch (error) {
    return { state: 'unreadable', detail: errorMessage(error), ...facts };
  }
  if (facts.free !== null && facts.free < Math.max(LEAST_FREE, 2 * size)) {
    const free = Math.floor(facts.free / 1024 / 1024);
    const need = Math.ceil(Math.max(LEAST_FREE, 2 * size) / 1024 / 1024);
    return {
      state: 'low_space',
      detail: `${at} has ${String(free)} MB free; ${String(need)} MB are wanted.`,
      ...facts,
    };
  }
  return { state: 'ok', detail: `${at} can be read and written.`, ...facts };
}

/** The nearest directory that exists; an absent destination will live on its disk. */
async function nearest(at: string): Promise<string> {
  for (let dir = at; ; dir = path.dirname(dir)) {
    if ((await stat(dir).catch(() => null)) !== null || path.dirname(dir) === dir) return dir;
  }
}

async function freeBytes(at: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(await nearest(at));
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** The port's sharesDisk(): a destination that does not exist yet counts as where it will be made. */
export async function sharesDisk(at: string, dataDir: string): Promise<boolean | null> {
  try {
    const [a, b] = await Promise.all([stat(await nearest(at)), stat(dataDir)]);
    return a.dev === b.dev;
  } catch {
    return null;
  }
}
