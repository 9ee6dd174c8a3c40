// Names and places of everything in a journal directory; nobody else spells them.
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, errorMessage, NxsError } from '../../domain/errors.js';

export const HEAD_FILE = 'head.json';
export const ANCHOR_FILE = 'anchor.json';
export const LOCK_FILE = '.lock';

const DAY_FILE = /^\d{4}-\d{2}-\d{2}\.ndjson$/;

/** `2026-11-23.ndjson` for a time in ms since the epoch, in UTC. */
export function dayFileOf(time: number): string {
  return `${new Date(time).toISOString().slice(0, 10)}.ndjson`;
}

/** Where the unfinished last line of a day file is moved to: `2026-11-23.torn`. */
export function tornFileOf(dayFile: string): string {
  return dayFile.replace(/ndjson$/, 'torn');
}

/** The day files, oldest first; an absent directory holds none. Throws STATE_UNREADABLE. */
export async function dayFiles(dir: string): Promise<readonly string[]> {
  try {
    const names = await readdir(dir);
    return names.filter((name) => DAY_FILE.test(name)).sort();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw unreadable(dir, error);
  }
}

/** Changes with each event: lines are only ever added, to the newest file. Throws STATE_UNREADABLE. */
export async function journalMark(dir: string): Promise<string> {
  const newest = (await dayFiles(dir)).at(-1);
  if (newest === undefined) return '';
  return `${newest} ${String((await stat(dayPath(dir, newest))).size)}`;
}

export function unreadable(path: string, error: unknown): NxsError {
  if (error instanceof Error && error.name === 'AbortError') {
    return new NxsError('CANCELLED', 'Reading the journal was cancelled.', {}, error);
  }
  return new NxsError(
    'STATE_UNREADABLE',
    `The journal cannot be read at ${path}: ${errorMessage(error)}.`,
    { path },
    error,
  );
}

export function dayPath(dir: string, dayFile: string): string {
  return join(dir, dayFile);
}

/** The hash of the chain: SHA-256 over UTF-8, lower-case hex. */
export function sha256Text(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
