// The worker, the supervisor and an offline CLI write one journal: the lock makes them take turns, the id
// makes a repeated step harmless, the chain makes the order provable.
import { join } from 'node:path';
import { canonicalJson } from '../../domain/journal-canonical.js';
import { chain, GENESIS, lineOf } from '../../domain/journal-chain.js';
import type { Unchained } from '../../domain/journal-chain.js';
import { JOURNAL_VERSION, journalEvent, knownBody, MAX_LINE_BYTES } from '../../domain/journal.js';
import type { NewEvent } from '../../domain/journal.js';
import { NxsError } from '../../domain/errors.js';
import { acquireLock } from '../files/lock.js';
import { dayFileOf, LOCK_FILE, sha256Text } from './files.js';
import { readHead, writeHead } from './head.js';
import { emptyState, noteWritten, refresh } from './index-of-ids.js';
import type { JournalState, Tail } from './index-of-ids.js';
import { ensureJournalDir, setTornAside, unwritable, writeLines } from './write.js';

export interface JournalOptions {
  /** `<state>/journal`; made (0700) when it is missing. */
  readonly dir: string;
  readonly node: string;
  /** ms since the epoch. */
  readonly clock?: () => number;
  /** Told one sentence when something was mended on the way (a torn line). */
  readonly notice?: (sentence: string) => void;
  /** ms to wait for other writers; default 30,000. */
  readonly wait?: number;
}

export interface Appended {
  readonly id: string;
  readonly hash: string;
  /** False: an event with this id was there before, nothing was written. */
  readonly written: boolean;
}

export interface Journal {
  /**
   * Writes events that are not there yet, in order, and returns when they are on the disk. Calls made at
   * the same time share one write. Throws NxsError: USAGE (the event breaks its schema), LOCKED (another
   * writer held the journal too long), STATE_UNREADABLE (nothing was written).
   */
  append(events: readonly NewEvent[]): Promise<readonly Appended[]>;
}

interface Waiting {
  readonly events: readonly Unchained[];
  readonly resolve: (appended: readonly Appended[]) => void;
  readonly reject: (error: unknown) => void;
}

/** A writer of the journal; it holds no file open between appends. */
export function openJournal(options: JournalOptions): Journal {
  const state = emptyState();
  let waiting: Waiting[] = [];
  let running = false;

  async function drain(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      const turn = waiting;
      waiting = [];
      try {
        const appended = await appendOnce(
          options,
          state,
          turn.flatMap((one) => one.events),
        );
        let from = 0;
        for (const one of turn) {
          one.resolve(appended.slice(from, from + one.events.length));
          from += one.events.length;
        }
      } catch (error) {
        for (const one of turn) one.reject(error);
      }
    }
    running = false;
  }

  return {
    append: (events) =>
      new Promise((resolve, reject) => {
        waiting.push({ events: events.map((event) => prepared(event, options)), resolve, reject });
        if (!running) void drain();
      }),
  };
}

// Made once: building a schema costs more than all the rest of an event.
const unchained = journalEvent.omit({ prev: true, hash: true });

function prepared(event: NewEvent, options: JournalOptions): Unchained {
  const body = knownBody.safeParse({ type: event.type, data: event.data });
  const at = event.at ?? new Date((options.clock ?? Date.now)()).toISOString();
  const full = {
    v: JOURNAL_VERSION,
    id: event.id,
    at,
    node: options.node,
    type: event.type,
    data: event.data,
  };
  const envelope = unchained.safeParse(full);
  const issue = body.error?.issues[0] ?? envelope.error?.issues[0];
  if (issue !== undefined || !envelope.success) {
    const where = issue?.path.join('.') ?? '';
    throw new NxsError(
      'USAGE',
      `The journal event ${event.id} (${event.type}) is not as its schema says: ${where}: ${issue?.message ?? ''}.`,
    );
  }
  const length = Buffer.byteLength(canonicalJson(envelope.data));
  if (length > MAX_LINE_BYTES - 256) {
    throw new NxsError(
      'USAGE',
      `The journal event ${event.id} (${event.type}) has ${length} bytes; long bodies go by reference.`,
    );
  }
  return envelope.data;
}

async function appendOnce(
  options: JournalOptions,
  state: JournalState,
  events: readonly Unchained[],
): Promise<Appended[]> {
  const { dir } = options;
  await ensureJournalDir(dir);
  const lock = await acquireLock(join(dir, LOCK_FILE), {
    wait: options.wait ?? 30_000,
    purpose: 'journal',
  }).catch((error: unknown) => {
    throw unwritable(dir, error);
  });
  try {
    return await appendLocked(options, state, events);
  } finally {
    await lock.release();
  }
}

async function appendLocked(
  options: JournalOptions,
  state: JournalState,
  events: readonly Unchained[],
): Promise<Appended[]> {
  const { dir } = options;
  const tail = await refresh(dir, state);
  if (tail.file !== null && tail.torn !== null) {
    options.notice?.(await setTornAside(dir, tail.file, tail.end, tail.torn));
  }
  let prev = await previousHash(dir, state, tail);
  const lines: string[] = [];
  const fresh = new Map<string, string>();
  const appended = events.map((event) => {
    const known = state.ids.get(event.id) ?? fresh.get(event.id);
    if (known !== undefined) return { id: event.id, hash: known, written: false };
    const linked = chain(event, prev, sha256Text);
    lines.push(`${lineOf(linked)}\n`);
    fresh.set(event.id, linked.hash);
    prev = linked.hash;
    return { id: event.id, hash: linked.hash, written: true };
  });
  if (lines.length === 0) return appended;

  // A clock that went back must not write behind the end of the chain: the newest file stays the last one.
  const today = dayFileOf((options.clock ?? Date.now)());
  const file = tail.file !== null && tail.file > today ? tail.file : today;
  const position = file === tail.file ? tail.end : 0;
  const bytes = Buffer.from(lines.join(''), 'utf8');
  await writeLines(dir, file, position, bytes);
  noteWritten(state, file, position + bytes.length, fresh);
  await writeHead(dir, prev).catch((error: unknown) => options.notice?.(unwritable(dir, error).message));
  return appended;
}

/**
 * What the next event follows. When the recorded last event is nowhere in the files, lines were taken away
 * or changed: the chain then goes on from the record, so that the gap stays visible for good.
 */
async function previousHash(dir: string, state: JournalState, tail: Tail): Promise<string> {
  const head = await readHead(dir);
  if (head === 'absent' || head === 'unreadable') {
    const start = tail.last ?? GENESIS;
    // Kept before the first event, so that an absent head always means that someone took it away.
    if (tail.file === null && head === 'absent') {
      await writeHead(dir, start).catch((error: unknown) => {
        throw unwritable(dir, error);
      });
    }
    return start;
  }
  if (tail.last !== null && (head.hash === GENESIS || state.hashes.has(head.hash))) return tail.last;
  return head.hash;
}
