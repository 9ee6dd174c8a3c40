// Fills an empty data directory on the very first start, and only then: a directory that is empty for another reason (an
// unmounted disk) must stay empty, or the starter would pass for the user's data.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hashBytes } from '../adapters/files/hash.js';
import type { Destination } from '../domain/backup/ports.js';
import { errnoOf } from '../domain/errors.js';
import type { Hub } from '../domain/sync/ports.js';
import { STARTER_FILES } from '../domain/starter.js';

/** Git blob ids of the starter files. */
export function starterIds(): ReadonlySet<string> {
  return new Set(Object.values(STARTER_FILES).map((text) => hashBytes(Buffer.from(text)).oid));
}

/**
 * Writes the starter files when the data directory is empty or absent and neither a destination nor the hub has ever held anything. Returns
 * the sentence to say, or null when nothing was done.
 */
export async function fillWhenNew(
  dataDir: string,
  destinations: readonly Destination[],
  hub: Pick<Hub, 'prepare' | 'tip'>,
): Promise<string | null> {
  const present = await readdir(dataDir).catch(() => null);
  if (present !== null && present.length > 0) return null;
  for (const destination of destinations) {
    const access = await destination.access(path.dirname(dataDir));
    if (access.state !== 'absent' && (await destination.head()) !== null) return null;
  }
  await hub.prepare();
  // A hub that cannot be asked may have everything: then its content comes later, and the starter files give way to it.
  if ((await hub.tip().catch(() => null)) !== null) return null;
  for (const [name, text] of Object.entries(STARTER_FILES)) {
    const file = path.join(dataDir, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text, { flag: 'wx' }).catch((error: unknown) => {
      if (errnoOf(error) !== 'EEXIST') throw error;
    });
  }
  const count = Object.keys(STARTER_FILES).length;
  return `${dataDir} was empty: ${count} starter files were written there (MEMORY.md and others); make them yours`;
}
