// What is in the data directory, without following any link. A directory that cannot be read is said to be so:
// taking it for empty is how backups lose files while they report success.
import { lstatSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isUtf8 } from 'node:buffer';
import { setImmediate as breathe } from 'node:timers/promises';
import type { CancelSignal } from '../../domain/backup/ports.js';
import { NxsError, errnoOf, errorMessage } from '../../domain/errors.js';
import type { Found, ScanEntry } from './scan-entry.js';
import { scanLink } from './scan-link.js';
import { statLine } from './stat-key.js';

/**
 * Looks at files in one go, a few ms. A promise for each costs four times the look itself; but everything else in this
 * process (heartbeats, healing) must get its turn, and a dead mount must hang a listing, not the process: so directories
 * are listed asynchronously.
 */
const SLICE = 200;

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
    const below: string[] = [];
    for (const dir of level) below.push(...(await scanOne(real, dir, entries, options)));
    level = below.filter((dir) => options.skip?.(dir) !== true);
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function mayGoOn(root: string, { signal }: ScanOptions): void {
  if (signal?.aborted === true) throw new NxsError('CANCELLED', `The scan of ${root} was cancelled.`);
}

async function openRoot(root: string): Promise<string> {
  try {
    const found = await stat(root);
    if (!found.isDirectory())
      throw new NxsError('DATA_DIR_MISSING', `The data directory ${root} is not a directory.`);
    await readdir(root);
    return await realpath(root);
  } catch (error) {
    if (error instanceof NxsError) throw error;
    const missing = errnoOf(error) === 'ENOENT';
    const why = missing ? 'does not exist' : `cannot be read (${errorMessage(error)})`;
    throw new NxsError('DATA_DIR_MISSING', `The data directory ${root} ${why}.`, {}, error);
  }
}

/** Adds what lies directly in `dir` and returns its subdirectories. */
async function scanOne(
  root: string,
  dir: string,
  entries: ScanEntry[],
  options: ScanOptions,
): Promise<string[]> {
  mayGoOn(root, options);
  const absolute = path.join(root, dir);
  const below: string[] = [];
  let found;
  try {
    found = await readdir(absolute, { withFileTypes: true });
    if (found.some((item) => item.name.includes('\uFFFD'))) entries.push(...(await badNames(absolute, dir)));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' && dir !== '') return below;
    entries.push({ kind: 'unreadable', path: dir, absolute, ...failure(error) });
    return below;
  }
  for (const [index, item] of found.entries()) {
    if (index % SLICE === SLICE - 1) {
      await breathe();
      mayGoOn(root, options);
    }
    const at = dir === '' ? item.name : `${dir}/${item.name}`;
    const where = { path: at, absolute: `${absolute}/${item.name}` };
    // A name that was no UTF-8 does not lead back to its file; badNames has reported it.
    if (item.name.includes('\uFFFD') && !exists(where.absolute)) continue;
    if (item.isDirectory()) {
      below.push(at);
      continue;
    }
    const entry = item.isSymbolicLink() ? await scanLink(root, where) : scanPlain(where);
    if (entry !== null) entries.push(entry);
  }
  return below;
}

function scanPlain({ path: at, absolute }: Found): ScanEntry | null {
  try {
    const stats = lstatSync(absolute, { bigint: true, throwIfNoEntry: false });
    // Deleted between the listing and the look: it is simply not there any more.
    if (stats === undefined) return null;
    if (!stats.isFile())
      return { kind: 'other', path: at, absolute, reason: 'it is neither a file nor a directory' };
    const [size, mode] = [Number(stats.size), Number(stats.mode)];
    return { kind: 'file', path: at, absolute, size, mode, stat: statLine(stats) };
  } catch (error) {
    return { kind: 'unreadable', path: at, absolute, ...failure(error) };
  }
}

async function badNames(absolute: string, dir: string): Promise<ScanEntry[]> {
  const names = await readdir(absolute, { encoding: 'buffer' });
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

function exists(absolute: string): boolean {
  try {
    return lstatSync(absolute, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function failure(error: unknown): { readonly errno: string; readonly reason: string } {
  return { errno: errnoOf(error) ?? 'EIO', reason: errorMessage(error) };
}
