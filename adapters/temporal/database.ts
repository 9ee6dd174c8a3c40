import { chmod, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NxsError } from '../../domain/errors.js';
import { atomicWrite } from '../files/atomic-write.js';
import { copyAside, isThere, moveParts, removeParts } from './database-copy.js';
import { compareVersions, isVersion } from './engine-version.js';

// The SQLite file belongs to the engine that wrote it: a newer one may want other tables, and does not make them in a file that is
// there. So it is copied aside and converted before a newer engine opens it, and an older one never gets to open it.

/** The SQLite file of the embedded server. */
export function databasePath(stateDir: string): string {
  return join(stateDir, 'temporal', 'temporal.db');
}

/** What was done with the file before a start; each is worth a line. */
export type DatabaseNote =
  /** `from`: the version that wrote it. */
  | { readonly kind: 'copied'; readonly copy: string; readonly from: string }
  | { readonly kind: 'unfinished'; readonly aside: string };

/** A newer engine was let at the file and has not served yet: what the file holds now is neither form for certain. */
interface Opening {
  readonly version: string;
  /** The copy made before. */
  readonly copy: string;
  /** The file is in the form of that version. */
  readonly converted: boolean;
}

/** Brings the file into the form of the version that is to open it, from the copy at this path. */
export type Convert = (database: string, copy: string) => Promise<unknown>;

/**
 * Prepares the file for a server of `version`. When another version wrote it, a copy is kept (one for each change of
 * version, however often the start fails) and the file is converted. When no server ever served from it, it is moved aside: the server sets its
 * tables up only in a file that does not exist, so one killed in its very first second would never start again.
 * Throws NxsError ENGINE_DATABASE for a version older than the file's and after an interrupted restore, and
 * STATE_UNREADABLE when there is no room for the copy, and what `convert` throws; the file is untouched then.
 */
export async function prepareDatabase(
  stateDir: string,
  version: string,
  convert: Convert,
): Promise<DatabaseNote | null> {
  const database = databasePath(stateDir);
  const directory = dirname(database);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  if (await isThere(restoringPath(stateDir)))
    throw new NxsError(
      'ENGINE_DATABASE',
      `A restore of Temporal's database was interrupted; finish it with \`nxs temporal-db restore\`.`,
      { database },
    );
  const opening = await readOpening(stateDir);
  if (!(await isThere(database))) {
    await rm(openingPath(stateDir), { force: true });
    return null;
  }
  await chmod(database, 0o600);
  const last = await writtenBy(stateDir);
  if (last === '') {
    const aside = `${database}.unfinished`;
    await removeParts(aside);
    await moveParts(database, aside);
    return { kind: 'unfinished', aside };
  }
  const newest = opening !== null && compareVersions(opening.version, last) > 0 ? opening.version : last;
  if (isVersion(last) && compareVersions(version, newest) < 0) throw tooOld(database, version, newest, last);
  if (last === version) return null;
  const kept = opening !== null && (await isThere(opening.copy)) ? opening.copy : null;
  if (kept !== null && opening?.version === version && opening.converted) return null;
  const copy = kept ?? (await copyAside(database, { from: last, to: version }));
  const note = (converted: boolean): Promise<void> =>
    atomicWrite(openingPath(stateDir), `${JSON.stringify({ version, copy, converted } satisfies Opening)}\n`);
  await note(false);
  await convert(database, copy);
  await note(true);
  return kept === null ? { kind: 'copied', copy, from: last } : null;
}

/** Notes that a server of `version` has served from the file, or that what stands there now is such a file. */
export async function databaseServed(stateDir: string, version: string): Promise<void> {
  await atomicWrite(versionPath(stateDir), `${version}\n`);
  await rm(openingPath(stateDir), { force: true });
}

/** The engine version that last served from the file; '' when none ever did, `unknown` when the note of it is garbled. */
export async function writtenBy(stateDir: string): Promise<string> {
  const text = (await readFile(versionPath(stateDir), 'utf8').catch(() => '')).trim();
  return text === '' || isVersion(text) ? text : 'unknown';
}

/** The oldest engine that may open the file; null when any may. */
export async function oldestFor(stateDir: string): Promise<string | null> {
  if (!(await isThere(databasePath(stateDir)))) return null;
  const [last, opening] = await Promise.all([writtenBy(stateDir), readOpening(stateDir)]);
  if (!isVersion(last)) return null;
  return opening !== null && compareVersions(opening.version, last) > 0 ? opening.version : last;
}

/** There while a restore is under way: between its renames the directory holds no database that may be opened. */
export function restoringPath(stateDir: string): string {
  return join(dirname(databasePath(stateDir)), 'restoring');
}

function tooOld(database: string, version: string, newest: string, last: string): NxsError {
  const back =
    newest === last
      ? 'the file as it was before'
      : `the file as ${last} left it (${newest} never served from it)`;
  return new NxsError(
    'ENGINE_DATABASE',
    `Temporal ${version} is older than ${newest}, which has opened ${database} before: use ${newest} or newer, or go back to ${back} with \`nxs temporal-db restore\`.`,
    { database, version, newest },
  );
}

function versionPath(stateDir: string): string {
  return join(dirname(databasePath(stateDir)), 'version');
}

function openingPath(stateDir: string): string {
  return join(dirname(databasePath(stateDir)), 'opening.json');
}

async function readOpening(stateDir: string): Promise<Opening | null> {
  try {
    const value = JSON.parse(await readFile(openingPath(stateDir), 'utf8')) as Partial<Opening> | null;
    const { version, copy, converted } = value ?? {};
    if (typeof version !== 'string' || typeof copy !== 'string') return null;
    return { version, copy, converted: converted === true };
  } catch {
    return null;
  }
}
