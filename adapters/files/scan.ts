// What is in the data directory, without following any link. A directory that cannot be read is said to be so:
// taking it for empty is how backups lose files while they report success.
import { lstat, readdir, realpath, stat } from 'node:fs';
import path from 'node:path';
import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import type { CancelSignal } from '../../domain/backup/ports.js';
import { NxsError, errnoOf, errorMessage } from '../../domain/errors.js';
import type { Found, ScanEntry } from './scan-entry.js';
import { scanLink } from './scan-link.js';
import { statKey } from './stat-key.js';

const readDirectory = promisify(readdir);
const lstatFile = promisify(lstat);
const statPath = promisify(stat);
const realPath = promisify(realpath);

export interface ScanOptions {
  /** Directories (path as in ScanEntry) that are not entered. */
  readonly skip?: (dirPath: string) => boolean;
  readonly signal?: CancelSignal;
}

/**
 * All entries below `root`, sorted by path (code units), directories themselves left out.
 * Throws NxsError DATA_DIR_MISSING when the root is absent, no directory, or cannot be listed.
 */
export async function scanDirectory(root: string, options: ScanOptions = {}): Promise<readonly ScanEntry[]> {
  const real = await openRoot(root);
  const entries: ScanEntry[] = [];
  let level: string[] = [''];
  while (level.length > 0) {
    if (options.signal?.aborted === true)
      throw new NxsError('CANCELLED', `The scan of ${root} was cancelled.`);
    const below = await Promise.all(level.map((dir) => scanOne(real, dir, entries)));
    level = below.flat().filter((dir) => options.skip?.(dir) !== true);
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

async function openRoot(root: string): Promise<string> {
  try {
    const found = await statPath(root);
    if (!found.isDirectory())
      throw new NxsError('DATA_DIR_MISSING', `The data directory ${root} is not a directory.`);
    await readDirectory(root);
    return await realPath(root);
  } catch (error) {
    if (error instanceof NxsError) throw error;
    const missing = errnoOf(error) === 'ENOENT';
    const why = missing ? 'does not exist' : `cannot be read (${errorMessage(error)})`;
    throw new NxsError('DATA_DIR_MISSING', `The data directory ${root} ${why}.`, {}, error);
  }
}

/** Adds what lies directly in `dir` and returns its subdirectories. */
async function scanOne(root: string, dir: string, entries: ScanEntry[]): Promise<string[]> {
  const absolute = path.join(root, dir);
  const below: string[] = [];
  let found;
  try {
    found = await readDirectory(absolute, { withFileTypes: true });
    if (found.some((item) => item.name.includes('\uFFFD'))) entries.push(...(await badNames(absolute, dir)));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' && dir !== '') return below;
    entries.push({ kind: 'unreadable', path: dir, absolute, ...failure(error) });
    return below;
  }
  const add = (entry: ScanEntry | null) => {
    if (entry !== null) entries.push(entry);
  };
  const pending: Promise<void>[] = [];
  for (const item of found) {
    const at = dir === '' ? item.name : `${dir}/${item.name}`;
    const where = { path: at, absolute: `${absolute}/${item.name}` };
    // A name that was no UTF-8 does not lead back to its file; badNames has reported it.
    if (item.name.includes('\uFFFD') && !(await exists(where.absolute))) continue;
    if (item.isDirectory()) below.push(at);
    else if (item.isSymbolicLink()) pending.push(scanLink(root, where).then(add));
    else pending.push(scanPlain(where).then(add));
  }
  await Promise.all(pending);
  return below;
}

async function scanPlain(where: Found): Promise<ScanEntry | null> {
  try {
    const stats = await lstatFile(where.absolute, { bigint: true });
    if (!stats.isFile()) return { kind: 'other', ...where, reason: 'it is neither a file nor a directory' };
    return {
      kind: 'file',
      ...where,
      size: Number(stats.size),
      mode: Number(stats.mode),
      stat: statKey(stats),
    };
  } catch (error) {
    // Deleted between the listing and the look: it is simply not there any more.
    return errnoOf(error) === 'ENOENT' ? null : { kind: 'unreadable', ...where, ...failure(error) };
  }
}

async function badNames(absolute: string, dir: string): Promise<ScanEntry[]> {
  const names = await readDirectory(absolute, { encoding: 'buffer' });
  return names
    .filter((name) => !isUtf8(name))
    .map((name) => {
      const shown = printable(name);
      const at = dir === '' ? shown : `${dir}/${shown}`;
      const reason = 'its name is not UTF-8; rename it';
      return { kind: 'unreadable', path: at, absolute: `${absolute}/${shown}`, errno: 'EILSEQ', reason };
    });
}

function printable(name: Buffer): string {
  return [...name]
    .map((byte) =>
      byte > 0x1f && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');
}

async function exists(absolute: string): Promise<boolean> {
  return lstatFile(absolute).then(
    () => true,
    () => false,
  );
}

function failure(error: unknown): { readonly errno: string; readonly reason: string } {
  return { errno: errnoOf(error) ?? 'EIO', reason: errorMessage(error) };
}
