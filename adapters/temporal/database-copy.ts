// Copies of the SQLite file: each is a directory of its own, so that one rename makes it whole or leaves nothing of it.
import { randomUUID } from 'node:crypto';
import { chmod, copyFile, mkdir, open, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf, NxsError } from '../../domain/errors.js';
import { atomicWrite, syncDirectory } from '../files/atomic-write.js';

/** Copies kept, the newest ones. */
const COPIES_KEPT = 2;
/**
 * A journal belongs to the file: after a kill it holds what has to be taken back (the server's mode), or what was not written yet (a
 * write-ahead log). Without it the file is damaged.
 */
const PARTS = ['', '-journal', '-wal'] as const;
/** The index of a write-ahead log; SQLite makes it anew, and an old one beside a new file is poison. */
const INDEX = '-shm';
/** The copy, and two more while the rows are poured into the new engine's tables. */
const TIMES = 3;
/** Bytes that have to stay free beside them, for the new engine's own work. */
const SPARE = 64 * 1024 * 1024;
const FILE = 'temporal.db';
const ABOUT = 'about.json';

/** One kept copy. */
export interface DatabaseCopy {
  /** Name of its directory, which begins with its time. */
  readonly name: string;
  /** Path of the database file in it. */
  readonly path: string;
  /** Engine that wrote it, and the one before which it was made. */
  readonly from: string;
  readonly to: string;
  /** ISO, UTC. */
  readonly made: string;
  readonly bytes: number;
}

/**
 * Copies the file and its log aside; returns the path of the copy's file. A crash leaves the directory of a started copy
 * behind, which the next copy removes. Throws NxsError STATE_UNREADABLE when the disk has no room.
 */
export async function copyAside(
  database: string,
  { from, to }: { readonly from: string; readonly to: string },
  now: number = Date.now(),
): Promise<string> {
  const copies = copiesDirectory(database);
  await mkdir(copies, { recursive: true, mode: 0o700 });
  for (const name of await readdir(copies))
    if (name.endsWith('.tmp')) await rm(join(copies, name), { recursive: true, force: true });
  await needRoom(database, copies, to);
  const made = new Date(now).toISOString();
  const name = `${made.replace(/[-:]|\.\d+/g, '')}-${from}-before-${to}`;
  const temporary = join(copies, `${name}.${randomUUID().slice(0, 8)}.tmp`);
  await mkdir(temporary, { mode: 0o700 });
  await copyParts(database, join(temporary, FILE));
  await atomicWrite(join(temporary, ABOUT), `${JSON.stringify({ v: 1, from, to, made })}\n`);
  const final = join(copies, name);
  await rm(final, { recursive: true, force: true });
  await rename(temporary, final);
  await syncDirectory(copies);
  await dropOldCopies(database);
  return join(final, FILE);
}

/** Whole copies, the newest first. */
export async function listCopies(database: string): Promise<readonly DatabaseCopy[]> {
  const copies = copiesDirectory(database);
  const names = await readdir(copies).catch(() => []);
  const found = await Promise.all(names.map((name) => readCopy(join(copies, name), name)));
  return found
    .filter((each) => each !== null)
    .sort((a, b) => (a.made < b.made ? 1 : a.made > b.made ? -1 : 0));
}

/** Copies a database's parts to another path, where nothing of that name is, and syncs them. */
export async function copyParts(from: string, to: string): Promise<void> {
  for (const part of PARTS) {
    try {
      await copyFile(from + part, to + part);
    } catch (error) {
      if (part === '' || errnoOf(error) !== 'ENOENT') throw error;
      continue;
    }
    await chmod(to + part, 0o600);
    const handle = await open(to + part, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/**
 * Moves a database's parts over what is at `to`; parts that are not there (moved by an earlier try) are passed over. The file
 * comes last: where it is, its log is too.
 */
export async function moveParts(from: string, to: string): Promise<void> {
  await rm(from + INDEX, { force: true });
  for (const part of [...PARTS].reverse()) {
    await rename(from + part, to + part).catch((error: unknown) => {
      if (errnoOf(error) !== 'ENOENT') throw error;
    });
  }
}

/** Removes all parts of a database. */
export async function removeParts(path: string): Promise<void> {
  for (const part of [...PARTS, INDEX]) await rm(path + part, { force: true });
}

/** True when something of that name is there. */
export async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function copiesDirectory(database: string): string {
  return join(dirname(database), 'copies');
}

async function needRoom(database: string, copies: string, to: string): Promise<void> {
  const sizes = await Promise.all(PARTS.map((part) => sizeOf(database + part)));
  const needed = TIMES * sizes.reduce((sum, size) => sum + size, 0) + SPARE;
  const { bavail, bsize } = await statfs(copies);
  if (bavail * bsize >= needed) return;
  const megabytes = (bytes: number): string => `${String(Math.ceil(bytes / 1024 / 1024))} MB`;
  throw new NxsError(
    'STATE_UNREADABLE',
    `Temporal ${to} waits: its database must be copied and converted first, which needs ${megabytes(needed)} in ${copies}, and ${megabytes(bavail * bsize)} are free; make room there.`,
    { copies, needed, free: bavail * bsize },
  );
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}

async function readCopy(directory: string, name: string): Promise<DatabaseCopy | null> {
  if (name.endsWith('.tmp')) return null;
  try {
    const about = JSON.parse(await readFile(join(directory, ABOUT), 'utf8')) as Partial<DatabaseCopy>;
    const { from, to, made } = about;
    if (typeof from !== 'string' || typeof to !== 'string' || typeof made !== 'string') return null;
    const path = join(directory, FILE);
    if (!(await isThere(path))) return null;
    const bytes = (await Promise.all(PARTS.map((part) => sizeOf(path + part)))).reduce((a, b) => a + b, 0);
    return { name, path, from, to, made, bytes };
  } catch {
    return null;
  }
}

async function dropOldCopies(database: string): Promise<void> {
  for (const { path } of (await listCopies(database)).slice(COPIES_KEPT))
    await rm(dirname(path), { recursive: true, force: true });
}
