// Readers take the journal as it is: a line that cannot be read is told and passed over, never an error.
import { parseLine } from '../../domain/journal-chain.js';
import type { JournalEvent } from '../../domain/journal.js';
import { errnoOf } from '../../domain/errors.js';
import { dayFiles, dayPath, unreadable } from './files.js';
import { lineBatches, linesBackward } from './lines.js';

export interface ReadOptions {
  /** Only events at or after this time, ms since the epoch. */
  readonly since?: number;
  /** Only events before this time, ms since the epoch. */
  readonly until?: number;
  /** Event types; a name that ends in `.` or `*` stands for all that begin so. None = all. */
  readonly types?: readonly string[];
  /** 'newest' reads from the end: for "the last N" stop when you have them. Default 'oldest'. */
  readonly order?: 'oldest' | 'newest';
  readonly limit?: number;
  readonly signal?: AbortSignal;
  /** Told of each line that is not an event. */
  readonly unreadable?: (file: string) => void;
}

/**
 * Events of the journal in the order of writing (or its reverse), streamed: memory does not grow with the
 * journal. An absent journal has none. The unfinished last line of a running writer is left out. An event
 * may be written after its own time `at`, never before it, which is what lets `since` pass over whole files. Throws STATE_UNREADABLE, CANCELLED.
 */
export async function* readJournal(dir: string, options: ReadOptions = {}): AsyncGenerator<JournalEvent> {
  const wanted = filterOf(options);
  let left = options.limit ?? Number.POSITIVE_INFINITY;
  if (left <= 0) return;
  for (const file of await filesFor(dir, options)) {
    const path = dayPath(dir, file);
    const lines =
      options.order === 'newest' ? linesBackward(path, options.signal) : forward(path, options.signal);
    for await (const bytes of present(lines, path)) {
      const event = parseLine(bytes.toString('utf8'));
      if (event === null) {
        options.unreadable?.(file);
        continue;
      }
      if (!wanted(event)) continue;
      yield event;
      left -= 1;
      if (left <= 0) return;
    }
  }
}

/** A day that retention takes away while it is read is no error. */
async function* present(lines: AsyncGenerator<Buffer>, path: string): AsyncGenerator<Buffer> {
  try {
    yield* lines;
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw unreadable(path, error);
  }
}

/** The last `limit` events, oldest of them first. */
export async function lastEvents(
  dir: string,
  limit: number,
  options: Omit<ReadOptions, 'order' | 'limit'> = {},
): Promise<readonly JournalEvent[]> {
  const events: JournalEvent[] = [];
  for await (const event of readJournal(dir, { ...options, order: 'newest', limit })) events.push(event);
  return events.reverse();
}

async function* forward(path: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  for await (const batch of lineBatches(path, 0, signal)) {
    for (const line of batch) if (line.terminated) yield line.bytes;
  }
}

async function filesFor(dir: string, options: ReadOptions): Promise<readonly string[]> {
  const all = await dayFiles(dir);
  const since = options.since;
  const kept = since === undefined ? [...all] : all.filter((file) => file.slice(0, 10) >= dayOf(since));
  return options.order === 'newest' ? kept.reverse() : kept;
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function filterOf(options: ReadOptions): (event: JournalEvent) => boolean {
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY, types = [] } = options;
  const exact = new Set(types);
  const prefixes = types.filter((type) => /[.*]$/.test(type)).map((type) => type.replace(/\*$/, ''));
  const bounded = options.since !== undefined || options.until !== undefined;
  return (event) => {
    if (bounded) {
      const at = Date.parse(event.at);
      if (at < since || at >= until) return false;
    }
    if (types.length === 0) return true;
    return exact.has(event.type) || prefixes.some((prefix) => event.type.startsWith(prefix));
  };
}
