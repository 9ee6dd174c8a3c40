// The hash chain: each event names the one before, so that history cannot be changed without a trace.
import { canonicalJson } from './journal-canonical.js';
import { journalEvent } from './journal.js';
import type { JournalEvent } from './journal.js';

/** Lower-case hex SHA-256 of the UTF-8 bytes of a text. Comes in, because the domain has no Node. */
export type TextHash = (text: string) => string;

/** `prev` of the first event of all. */
export const GENESIS = '0'.repeat(64);

/** An event that still lacks its place in the chain. */
export type Unchained = Omit<JournalEvent, 'prev' | 'hash'>;

/** The event with its place in the chain: what follows `prev`. */
export function chain(event: Unchained, prev: string, hash: TextHash): JournalEvent {
  const linked = { ...event, prev };
  return { ...linked, hash: hash(canonicalJson(linked)) };
}

/** The one line, without the newline, that an event may have. */
export function lineOf(event: JournalEvent): string {
  return canonicalJson(event);
}

/** An event read leniently: shape only, no chain. Null when the line is not an event. */
export function parseLine(text: string): JournalEvent | null {
  const value = parseJson(text);
  const parsed = journalEvent.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** Why a line is not what was written, or the event when it is, byte by byte. */
export type CheckedLine =
  { readonly event: JournalEvent } | { readonly reason: string; readonly hash: string | null };

/**
 * An event whose bytes are proved: it parses, hashes to what it says, and stands in its canonical form
 * (white space, key order and escapes would else be places where an edit goes unseen).
 */
export function checkLine(text: string, hash: TextHash): CheckedLine {
  const value = parseJson(text);
  if (value === undefined) return { reason: 'the line is not JSON', hash: null };
  const parsed = journalEvent.safeParse(value);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.') ?? '';
    return { reason: `the line is not an event${field === '' ? '' : ` (field ${field})`}`, hash: null };
  }
  const event = parsed.data;
  const { hash: claimed, ...rest } = value as JournalEvent;
  try {
    if (hash(canonicalJson(rest)) !== claimed)
      return { reason: 'the content does not match its hash', hash: claimed };
    if (canonicalJson(value) !== text)
      return { reason: 'the line is not in its canonical form', hash: claimed };
  } catch {
    return { reason: 'the line is nested too deep', hash: claimed };
  }
  return { event };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
