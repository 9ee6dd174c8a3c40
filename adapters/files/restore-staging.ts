// Bytes are staged on the device of their place, so that placing them is a rename and never a copy. A mount inside
// the target gets a staging directory of its own.
import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { NxsError } from '../../domain/errors.js';
import { openBelow } from './restore-dir.js';
import type { Directory } from './restore-dir.js';

const PREFIX = '.nxs-restore-';
const SPARE_MS = 60_000;

/** In the target: one restore at a time, so that what another one left there is known to be dead. */
export const RESTORE_LOCK = '.nxs-restore.lock';

export interface Staging {
  /** The staging directory for files whose way leaves the device at `base`. */
  on(base: readonly string[]): Promise<Directory>;
  remove(): Promise<void>;
}

/** An empty staging area for restore `id`; what an earlier attempt or a dead restore left in `root` is removed. */
export async function openStaging(root: string, id: string): Promise<Staging> {
  const open = new Map<string, { readonly parent: Directory; readonly area: Directory }>();
  for (const name of await readdir(root)) if (await isLeftover(root, name)) await clear(`${root}/${name}`);

  async function make(base: readonly string[]): Promise<{ parent: Directory; area: Directory }> {
    const parent = await directory(root, base);
    const path = parent.at(`${PREFIX}${id}`);
    await clear(path);
    await mkdir(path, { mode: 0o700 });
    const area = await directory(path, []);
    if (area.dev !== parent.dev)
      throw new NxsError('DESTINATION_UNWRITABLE', `${root} cannot stage files on its own device.`);
    return { parent, area };
  }

  return {
    async on(base) {
      const key = base.join('/');
      const known = open.get(key) ?? (await make(base));
      open.set(key, known);
      return known.area;
    },
    async remove() {
      for (const { parent, area } of open.values()) {
        await area.close();
        await clear(parent.at(`${PREFIX}${id}`));
        await parent.close();
      }
      open.clear();
    },
  };
}

/** Spare files of the lock are young while another process is about to be refused by it. */
async function isLeftover(root: string, name: string): Promise<boolean> {
  if (name.startsWith(PREFIX)) return true;
  if (!name.startsWith(`${RESTORE_LOCK}.`) || !name.endsWith('.tmp')) return false;
  const made = await lstat(`${root}/${name}`).then(
    ({ mtimeMs }) => mtimeMs,
    () => Date.now(),
  );
  return Date.now() - made > SPARE_MS;
}

async function directory(root: string, components: readonly string[]): Promise<Directory> {
  const opened = await openBelow(root, components, false);
  if (opened.state === 'open') return opened.directory;
  throw new NxsError(
    'DESTINATION_UNWRITABLE',
    `${root} changed while it was restored to; run the restore again.`,
  );
}

async function clear(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}
