import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { atomicWrite } from '../files/atomic-write.js';

// A newer server migrates the SQLite file when it opens it, and an older one cannot open it any more. So the
// file is copied aside whenever another version than last time is about to open it.

/** Copies kept, newest versions first by time. */
const COPIES_KEPT = 2;
const PARTS = ['', '-wal', '-shm'];

/** The SQLite file of the embedded server. */
export function databasePath(stateDir: string): string {
  return join(stateDir, 'temporal', 'temporal.db');
}

/** What was done with the file before a start; each is worth a line. */
export type DatabaseNote =
  | { readonly kind: 'copied'; readonly copy: string }
  | { readonly kind: 'unfinished'; readonly aside: string };

/**
 * Prepares the file for a server of `version`. When another version wrote it, a copy is kept. When no server
 * ever served from it, it is moved aside: the server sets its tables up only in a file that does not exist, so
 * one killed in its very first second would never start again.
 */
export async function prepareDatabase(stateDir: string, version: string): Promise<DatabaseNote | null> {
  const database = databasePath(stateDir);
  const directory = dirname(database);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  if (!(await exists(database))) return null;
  await chmod(database, 0o600);
  const last = (await readFile(versionPath(stateDir), 'utf8').catch(() => '')).trim();
  if (last === '') {
    const aside = `${database}.unfinished`;
    for (const part of PARTS) await rename(database + part, aside + part).catch(() => undefined);
    return { kind: 'unfinished', aside };
  }
  if (last === version) return null;
  const copy = await copyAside(database, version);
  await dropOldCopies(directory);
  return { kind: 'copied', copy };
}

/** Notes that a server of `version` has served from the file. */
export async function databaseServed(stateDir: string, version: string): Promise<void> {
  await atomicWrite(versionPath(stateDir), `${version}\n`);
}

function versionPath(stateDir: string): string {
  return join(dirname(databasePath(stateDir)), 'version');
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function copyAside(database: string, version: string): Promise<string> {
  const copy = `${database}.before-${version}`;
  for (const part of PARTS) {
    // The write-ahead log belongs to the file: without it the last transactions of a killed server are lost.
    await rm(copy + part, { force: true });
    await copyFile(database + part, copy + part).catch((error: unknown) => {
      if (part === '') throw error;
    });
  }
  return copy;
}

async function dropOldCopies(directory: string): Promise<void> {
  const names = await readdir(directory);
  const copies = names.filter((name) => name.includes('.before-') && !/-(wal|shm)$/.test(name));
  const dated = await Promise.all(
    copies.map(async (name) => ({ name, time: (await stat(join(directory, name))).mtimeMs })),
  );
  for (const { name } of dated.sort((a, b) => b.time - a.time).slice(COPIES_KEPT))
    for (const part of PARTS) await rm(join(directory, name + part), { force: true });
}
