// Every way in which a journal can be wrong has its own name, because each asks for something else from a person.
import { checkLine, GENESIS } from './journal-chain.js';
import type { TextHash } from './journal-chain.js';

/**
 * edited: the bytes of a line changed; deleted: lines are missing before it; reordered: it stands at
 * another place than it was written; duplicate: it was there before; forked: two events follow the same
 * one (a line was put in, or two writers did not see each other); missing_days: whole files are missing
 * before it; cut_end: the last events are missing; unterminated: a file other than the last ends inside
 * a line; head: the record of the last event is missing or unreadable.
 */
export type BreakKind =
  | 'edited'
  | 'deleted'
  | 'reordered'
  | 'duplicate'
  | 'forked'
  | 'missing_days'
  | 'cut_end'
  | 'unterminated'
  | 'head';

export interface ChainBreak {
  readonly kind: BreakKind;
  readonly file: string;
  /** 1-based; 0: the file as a whole. */
  readonly line: number;
  /** One sentence for a person. */
  readonly reason: string;
}

export interface JournalLine {
  readonly file: string;
  readonly line: number;
  /** Null: the bytes are no UTF-8. */
  readonly text: string | null;
  /** False for what stands behind the last newline of a file. */
  readonly terminated: boolean;
}

export interface ChainOptions {
  readonly hash: TextHash;
  /** What the first line must follow: GENESIS, or the hash that pruning left behind. */
  readonly anchor?: string;
  /** Hash of the last event as recorded apart from the files; null: the record is unreadable; left out: none is kept. */
  readonly head?: string | null;
  /** Name of the file that records the head, for the sentence. */
  readonly headFile?: string;
}

export interface Verification {
  readonly ok: boolean;
  /** Lines that are events and stand where they belong. */
  readonly events: number;
  readonly breaks: readonly ChainBreak[];
  /** The unfinished last line of the last file (a crash, a full disk); tolerated, the next append moves it away. */
  readonly tornTail: { readonly file: string; readonly line: number } | null;
  /** Events behind the recorded head: 0, or a few after a crash. */
  readonly afterHead: number;
  /** Hash of the last event; the anchor when there is none. */
  readonly last: string;
}

export interface ChainVerifier {
  push(line: JournalLine): void;
  finish(): Verification;
}

/** All lines at once; `createVerifier` takes them one by one. */
export function verifyChain(lines: Iterable<JournalLine>, options: ChainOptions): Verification {
  const verifier = createVerifier(options);
  for (const line of lines) verifier.push(line);
  return verifier.finish();
}

/** A verifier that is fed line by line, in file order. It keeps 2 short strings per event. */
export function createVerifier(options: ChainOptions): ChainVerifier {
  const anchor = options.anchor ?? GENESIS;
  const seen = new Set<string>([anchor]);
  const ids = new Set<string>();
  const breaks: (ChainBreak & { missing?: string })[] = [];
  const gaps = new Set<string>();
  let expected = anchor;
  // What the line before claimed when it could not be believed; the next line may follow it or the one before it.
  let doubted: { readonly hash: string | null } | null = null;
  let lastBroken = false;
  let lastFile: string | null = null;
  let pending: JournalLine | null = null;
  let events = 0;
  let afterHead = options.head === anchor ? 0 : -1;

  function report(line: JournalLine, kind: BreakKind, reason: string, missing?: string): void {
    const found = { kind, file: line.file, line: line.line, reason };
    breaks.push(missing === undefined ? found : { ...found, missing });
    lastBroken = true;
  }

  function accept(hash: string, id: string): void {
    seen.add(hash);
    ids.add(id);
    events += 1;
    expected = hash;
    if (afterHead >= 0) afterHead += 1;
    if (hash === options.head) afterHead = 0;
  }

  function take(line: JournalLine): void {
    const first = lastFile !== line.file;
    const before = lastFile;
    lastFile = line.file;
    const checked =
      line.text === null
        ? { reason: 'the line is not UTF-8', hash: null }
        : checkLine(line.text, options.hash);
    if ('reason' in checked) {
      report(line, 'edited', `${checked.reason}: it was edited or damaged`);
      doubted = { hash: checked.hash };
      return;
    }
    const { event } = checked;
    if (seen.has(event.hash)) {
      report(line, 'duplicate', `event ${event.id} stands here a second time`);
      return;
    }
    const wasBroken = lastBroken;
    const wasDoubted = doubted;
    lastBroken = false;
    doubted = null;
    if (event.prev !== expected && !follows(event.prev, wasDoubted, wasBroken)) {
      if (gaps.has(event.hash)) {
        report(line, 'reordered', `event ${event.id} was written earlier than the line above it`);
      } else if (seen.has(event.prev)) {
        report(
          line,
          'forked',
          `event ${event.id} does not follow from the line above it: a line was put in, or the chain forked`,
        );
      } else {
        gaps.add(event.prev);
        report(line, ...gapReason(line, first, before), event.prev);
      }
    } else if (ids.has(event.id)) {
      report(line, 'duplicate', `the id ${event.id} was already written by an earlier event`);
    }
    accept(event.hash, event.id);
  }

  // After a reported line the next one is judged mildly: it may follow what stood there before the damage.
  function follows(prev: string, wasDoubted: { hash: string | null } | null, wasBroken: boolean): boolean {
    if (wasDoubted !== null) return wasDoubted.hash === null || wasDoubted.hash === prev || !seen.has(prev);
    return wasBroken && seen.has(prev);
  }

  function finish(): Verification {
    let tornTail: Verification['tornTail'] = null;
    if (pending !== null) {
      tornTail = { file: pending.file, line: pending.line };
      pending = null;
    }
    const settled = breaks.map(({ missing, ...found }) =>
      missing !== undefined && seen.has(missing) && found.kind !== 'reordered'
        ? { ...found, kind: 'reordered' as const, reason: 'this line stands before the one that it follows' }
        : found,
    );
    if (options.head === null) {
      settled.push({
        ...headPlace(),
        kind: 'head',
        reason: 'the record of the last event is missing or unreadable',
      });
    } else if (options.head !== undefined && afterHead < 0 && doubted === null) {
      const place = { file: lastFile ?? options.headFile ?? '', line: 0 };
      settled.push({
        ...place,
        kind: 'cut_end',
        reason: 'the last events are missing: the journal ends before its recorded head',
      });
    }
    return {
      ok: settled.length === 0,
      events,
      breaks: settled,
      tornTail,
      afterHead: Math.max(0, afterHead),
      last: expected,
    };
  }

  function headPlace(): { file: string; line: number } {
    return { file: options.headFile ?? '', line: 0 };
  }

  return {
    push(line) {
      if (pending !== null) {
        report(pending, 'unterminated', 'the file ends inside a line although later files exist');
        doubted = { hash: null };
        pending = null;
      }
      if (line.terminated) take(line);
      else pending = line;
    },
    finish,
  };
}

function gapReason(line: JournalLine, first: boolean, before: string | null): [BreakKind, string] {
  if (!first) return ['deleted', 'one or more lines before this one are missing'];
  if (before === null)
    return ['missing_days', 'the files before this one are missing: it is not the beginning'];
  const days = daysBetween(before, line.file);
  if (days > 1) {
    return [
      'missing_days',
      `one or more of the ${days - 1} days between ${before} and this file are missing (or the end of ${before})`,
    ];
  }
  return ['deleted', `lines at the end of ${before} or at the start of this file are missing`];
}

function daysBetween(left: string, right: string): number {
  const days = (Date.parse(right.slice(0, 10)) - Date.parse(left.slice(0, 10))) / 86_400_000;
  return Number.isFinite(days) ? Math.round(days) : 0;
}
