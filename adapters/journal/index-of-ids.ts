// Other processes append too, so what this one knows of the journal is brought up to date by reading only
// what the files have grown by.
import { stat } from 'node:fs/promises';
import { parseLine } from '../../domain/journal-chain.js';
import { dayFiles, dayPath } from './files.js';
import { lineBatches } from './lines.js';

/** Longer than the engine keeps a finished run (7 days), so that no retry or replay can write an id twice. */
const DAYS = 8;

interface ReadFile {
  /** Bytes read, up to a newline. */
  readonly end: number;
  /** Hash of its last line; null when there is none, or when it is not an event. */
  readonly last: string | null;
}

export interface JournalState {
  /** Ids of the last days -> hash of their event. */
  readonly ids: Map<string, string>;
  /** Hashes of the last days. */
  readonly hashes: Set<string>;
  readonly read: Map<string, ReadFile>;
}

export interface Tail {
  /** The newest day file; null in a new journal. */
  readonly file: string | null;
  /** Bytes up to its last newline. */
  readonly end: number;
  /** Bytes behind its last newline. */
  readonly torn: Buffer | null;
  /** Hash of the last line of the journal; null when there is none, or when it is not an event. */
  readonly last: string | null;
}

export function emptyState(): JournalState {
  return { ids: new Map(), hashes: new Set(), read: new Map() };
}

/** Brings `state` up to date with the files and says where the journal ends. The caller holds the lock. */
export async function refresh(dir: string, state: JournalState): Promise<Tail> {
  const recent = (await dayFiles(dir)).slice(-DAYS);
  const sizes = new Map<string, number>();
  for (const file of recent) sizes.set(file, (await stat(dayPath(dir, file))).size);
  if (isVoid(state, sizes)) clear(state);
  let tail: Tail = { file: null, end: 0, torn: null, last: null };
  for (const file of recent) {
    const next = await readOn(dir, file, sizes.get(file) ?? 0, state);
    tail = next.end === 0 ? { ...next, last: tail.last } : next;
  }
  return tail;
}

/** Records what this process has just written itself. */
export function noteWritten(
  state: JournalState,
  file: string,
  end: number,
  written: ReadonlyMap<string, string>,
): void {
  let last = state.read.get(file)?.last ?? null;
  for (const [id, hash] of written) {
    state.ids.set(id, hash);
    state.hashes.add(hash);
    last = hash;
  }
  state.read.set(file, { end, last });
}

async function readOn(dir: string, file: string, size: number, state: JournalState): Promise<Tail> {
  let { end, last } = state.read.get(file) ?? { end: 0, last: null };
  let torn: Buffer | null = null;
  if (size > end) {
    for await (const batch of lineBatches(dayPath(dir, file), end)) {
      for (const { bytes, terminated } of batch) {
        if (!terminated) {
          torn = bytes;
          continue;
        }
        end += bytes.length + 1;
        last = note(state, bytes.toString('utf8'));
      }
    }
    state.read.set(file, { end, last });
  }
  return { file, end, torn, last };
}

function note(state: JournalState, text: string): string | null {
  const event = parseLine(text);
  if (event === null) return null;
  state.ids.set(event.id, event.hash);
  state.hashes.add(event.hash);
  return event.hash;
}

/**
 * A file that shrank or went away was changed by someone else, or fell out of the window: starting over is
 * one read of a few days, and right.
 */
function isVoid(state: JournalState, sizes: ReadonlyMap<string, number>): boolean {
  return [...state.read].some(([file, { end }]) => (sizes.get(file) ?? -1) < end);
}

function clear(state: JournalState): void {
  state.ids.clear();
  state.hashes.clear();
  state.read.clear();
}
