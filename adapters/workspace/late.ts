// A writer that had a file open when it was replaced writes on into the copy that we keep, where nobody would ever look. Copies of
// the last cycle are looked at once more, and such a version gets a name beside the file (SYNC.md, step 11).
import { constants } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errnoOf } from '../../domain/errors.js';
import { numbered } from '../../domain/sync/merge-file.js';
import { atomicWrite } from '../files/atomic-write.js';
import { openBelow } from '../files/restore-dir.js';
import { contentId } from './place.js';

const lateSchema = z.array(z.object({ path: z.string(), backup: z.string(), oid: z.string() }));

export type Kept = z.infer<typeof lateSchema>[number];

export async function readKept(file: string): Promise<readonly Kept[]> {
  try {
    return lateSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return [];
  }
}

export async function writeKept(file: string, kept: readonly Kept[]): Promise<void> {
  await atomicWrite(file, JSON.stringify(kept));
}

/** Brings such versions back beside their files; never over anything. */
export async function bringBackLate(root: string, backups: string, kept: readonly Kept[]): Promise<void> {
  for (const { path, backup, oid } of kept) {
    const file = join(backups, backup);
    const now = await contentId(file).catch(() => null);
    if (now === null || now === oid) continue;
    const components = numbered(path, now).split('/');
    const name = components.pop() ?? '';
    const way = await openBelow(root, components, true);
    if (way.state !== 'open') continue;
    await copyFile(file, way.directory.at(name), constants.COPYFILE_EXCL).catch((error: unknown) => {
      if (errnoOf(error) !== 'EEXIST') throw error;
    });
    await way.directory.close();
  }
}
