// The data directory as it is. Whatever is in doubt (being written, unreadable, of a kind that is not synced) is said to be held:
// it must never look like a deletion.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hold, Version } from '../../domain/sync/model.js';
import type { ScanOptions, Scanned, ScanResult } from '../../domain/sync/ports.js';
import { comparePaths, isAscii } from '../../domain/paths.js';
import { sideBySide } from '../../domain/side-by-side.js';
import { isAlwaysOut } from '../../domain/backup/select.js';
import { hashBytes } from '../files/hash.js';
import { scanDirectory } from '../files/scan.js';
import type { ScanEntry } from '../files/scan-entry.js';
import { readStable } from '../files/stable-read.js';
import { isSettled, statLine, type StatLine } from '../files/stat-key.js';
import type { Seen } from './seen.js';

/** Reads at a time. */
const WIDTH = 8;

/** Scans after which a file that is never at rest is taken all the same, if two reads agree. */
const PATIENCE = 5;

type FileEntry = Extract<ScanEntry, { kind: 'file' }>;

export interface ScanState {
  /** Content ids by path; rewritten by each scan. */
  seen: Map<string, Seen>;
  /** Name on the disk, where it is not the composed (NFC) form of the path. */
  names: Map<string, string>;
  /** Scans in a row that a file was being written in. */
  deferrals: Map<string, number>;
}

interface Work {
  readonly options: ScanOptions;
  readonly state: ScanState;
  readonly files: Map<string, Scanned>;
  readonly seen: Map<string, Seen>;
  readonly holds: Hold[];
  readonly deferrals: Map<string, number>;
  readonly began: number;
}

interface Unread {
  readonly path: string;
  readonly entry: FileEntry;
}

/** Scans below `root`; `now` in ms. Throws NxsError DATA_DIR_MISSING. */
export async function scanRoot(
  root: string,
  state: ScanState,
  options: ScanOptions,
  now: () => number,
): Promise<ScanResult> {
  const began = now();
  const entries = await scanDirectory(root, {
    skip: isAlwaysOut,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const work: Work = {
    options,
    state,
    files: new Map(),
    seen: new Map(),
    holds: [],
    deferrals: new Map(),
    began,
  };
  const names = new Map<string, string>();
  const unread: Unread[] = [];
  for (const entry of sortedForTwins(entries)) {
    if (isAlwaysOut(entry.path)) continue;
    const path = composed(entry.path);
    if (path !== entry.path || names.has(path) || work.files.has(path)) {
      if (isTaken(path, work, names, unread)) {
        if (options.covered(path))
          hold(work, path, 'unreadable', 'two files have this name in different Unicode forms');
        continue;
      }
      if (path !== entry.path) names.set(path, entry.path);
    }
    sort(work, path, entry, unread);
  }
  await readAll(work, unread, now);
  state.seen = work.seen;
  state.names = names;
  state.deferrals = work.deferrals;
  return { files: work.files, holds: work.holds, began, ended: now() };
}

/** Composed forms first, so that of two forms the composed one has the name. */
function sortedForTwins(entries: readonly ScanEntry[]): readonly ScanEntry[] {
  if (entries.every(({ path }) => isAscii(path))) return entries;
  const rank = ({ path }: ScanEntry) => (composed(path) === path ? 0 : 1);
  return [...entries].sort((a, b) => rank(a) - rank(b) || comparePaths(a.path, b.path));
}

function isTaken(
  path: string,
  { files, holds }: Work,
  names: ReadonlyMap<string, string>,
  unread: readonly Unread[],
): boolean {
  if (files.has(path) || names.has(path) || holds.some((each) => each.path === path)) return true;
  return unread.some((each) => each.path === path);
}

function composed(path: string): string {
  return isAscii(path) ? path : path.normalize('NFC');
}

function hold({ holds }: Pick<Work, 'holds'>, path: string, reason: Hold['reason'], detail: string): void {
  holds.push({ path, reason, detail });
}

function sort(work: Work, path: string, entry: ScanEntry, unread: Unread[]): void {
  const { options, state } = work;
  if (entry.kind === 'unreadable') {
    // A directory: all below it is unknown, whatever it is.
    hold(work, path, 'unreadable', entry.reason);
    return;
  }
  if (!options.covered(path)) return;
  if (entry.kind === 'link')
    hold(work, path, 'unreadable', 'it is a symbolic link, and links are not synced');
  else if (entry.kind === 'other') hold(work, path, 'unreadable', entry.reason);
  else if (entry.size > options.largest)
    hold(work, path, 'too_large', `it has ${entry.size} bytes, more than ${options.largest}`);
  else {
    const known = state.seen.get(path);
    if (known?.stat === entry.stat && options.again?.has(path) !== true && isVouchedFor(known, work.began)) {
      take(work, path, entry, known.oid, true);
    } else unread.push({ path, entry });
  }
}

/** Rows of this process may be younger than the stamps can tell apart: those are read again. */
function isVouchedFor(known: Seen, began: number): boolean {
  known.settled ||= isSettled(known.stat, BigInt(Math.floor(began)) * 1_000_000n);
  return known.settled;
}

function take({ files, seen }: Work, path: string, entry: FileEntry, oid: string, settled: boolean): void {
  const version: Version = { oid, mode: (entry.mode & 0o100) === 0 ? '100644' : '100755', size: entry.size };
  files.set(path, { version, mtime: mtimeOf(entry.stat) });
  seen.set(path, { stat: entry.stat, oid, settled });
}

/** ms. */
function mtimeOf(stat: StatLine): number {
  return Number(stat.slice(0, stat.indexOf(' '))) / 1e6;
}

async function readAll(work: Work, unread: readonly Unread[], now: () => number): Promise<void> {
  const { settle } = work.options;
  const isYoung = ({ entry }: Unread): boolean => Math.abs(now() - mtimeOf(entry.stat)) < settle;
  const young = unread.filter(isYoung);
  await sideBySide(
    unread.filter((each) => !young.includes(each)),
    WIDTH,
    (each) => readOne(work, each, false),
  );
  if (young.length === 0) return;
  // A moment's patience, so that what was written just before a cycle is in it.
  await sleep(settle);
  await sideBySide(young, WIDTH, (each) => readOne(work, each, true));
}

/** `wasYoung`: it must not have changed since it was looked at. */
async function readOne(work: Work, { path, entry }: Unread, wasYoung: boolean): Promise<void> {
  const read = await contentOf(entry.absolute, work.options);
  if (!read.ok) {
    if (read.status === 'CHANGED' || /ENOENT|ENOTDIR/.test(read.reason)) defer(work, path, read.reason);
    else hold(work, path, 'unreadable', read.reason);
    return;
  }
  const { bytes, stat } = read;
  const moved = wasYoung && stat !== entry.stat;
  if (moved && !(await isStill(work, path, entry, bytes))) return;
  const { oid } = hashBytes(bytes);
  take(work, path, { ...entry, stat, size: bytes.length }, oid, false);
  const version = work.files.get(path)?.version;
  if (version !== undefined) await work.options.fresh(path, version, bytes);
}

/** A file that somebody writes all the time is taken at last, when two reads in a row are the same. */
async function isStill(work: Work, path: string, entry: FileEntry, bytes: Buffer): Promise<boolean> {
  const count = (work.state.deferrals.get(path) ?? 0) + 1;
  const again = count >= PATIENCE ? await contentOf(entry.absolute, work.options) : null;
  if (again?.ok === true && again.bytes.equals(bytes)) return true;
  defer(work, path, 'it is being written');
  return false;
}

function defer(work: Work, path: string, why: string): void {
  const count = (work.state.deferrals.get(path) ?? 0) + 1;
  work.deferrals.set(path, count);
  hold(work, path, 'deferred', count === 1 ? why : `${why}, for ${count} cycles`);
}

type Content =
  | { readonly ok: true; readonly bytes: Buffer; readonly stat: StatLine }
  | { readonly ok: false; readonly status: string; readonly reason: string };

async function contentOf(absolute: string, { signal }: ScanOptions): Promise<Content> {
  let parts: Buffer[] = [];
  const sink = {
    whole: (bytes: Uint8Array) => {
      parts = [Buffer.from(bytes)];
    },
    begin: () => {
      parts = [];
    },
    chunk: (bytes: Uint8Array) => {
      parts.push(Buffer.from(bytes));
    },
    end: () => undefined,
  };
  const read = await readStable(absolute, sink, signal);
  if (!read.ok) return read;
  return { ok: true, bytes: Buffer.concat(parts), stat: statLine(read.stat) };
}
