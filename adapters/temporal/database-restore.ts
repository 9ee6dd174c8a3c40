// The way back after an upgrade of the engine: the kept copy takes the place of the file. What was there is moved aside,
// never removed, and a crash at any point leaves a mark that keeps every engine out until the restore is finished.
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NxsError } from '../../domain/errors.js';
import { atomicWrite } from '../files/atomic-write.js';
import {
  copyParts,
  isThere,
  listCopies,
  moveParts,
  removeParts,
  type DatabaseCopy,
} from './database-copy.js';
import { databasePath, databaseServed, restoringPath } from './database.js';

export interface RestoredDatabase {
  readonly copy: DatabaseCopy;
  /** Where the file went that was there; null when there was none. */
  readonly aside: string | null;
}

/**
 * Puts a kept copy (by its name; the newest one when left out) in place of the database. To be called while no engine
 * runs on it; safe to repeat after a crash. Throws NxsError NOTHING_TO_RESTORE.
 */
export async function restoreDatabase(
  stateDir: string,
  wanted: string | null,
  now: number = Date.now(),
): Promise<RestoredDatabase> {
  const database = databasePath(stateDir);
  const copy = await choose(database, wanted);
  const parts = join(dirname(database), 'restoring.db');
  await removeParts(parts);
  await copyParts(copy.path, parts);
  const mark = restoringPath(stateDir);
  // After a crash the first try's name goes on: what it has moved must not be moved over.
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const begun = (await readFile(mark, 'utf8').catch(() => '')).trim();
  const aside = begun === '' ? `${database}.replaced-${stamp}` : begun;
  await atomicWrite(mark, `${aside}\n`);
  if (!(await isThere(aside))) await moveParts(database, aside);
  await removeParts(database);
  await moveParts(parts, database);
  await databaseServed(stateDir, copy.from);
  await rm(mark, { force: true });
  return { copy, aside: (await isThere(aside)) ? aside : null };
}

async function choose(database: string, wanted: string | null): Promise<DatabaseCopy> {
  const copies = await listCopies(database);
  const copy = wanted === null ? copies[0] : copies.find(({ name }) => name === wanted);
  if (copy !== undefined) return copy;
  const what = wanted === null ? 'No copy' : `No copy "${wanted}"`;
  const there = copies.map(({ name }) => name).join(', ');
  throw new NxsError(
    'NOTHING_TO_RESTORE',
    `${what} of Temporal's database is kept in ${dirname(database)}${there === '' ? '' : `; there are: ${there}`}.`,
  );
}
