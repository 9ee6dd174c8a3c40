// Two versions of a log become one that has the entries of both (SYNC.md 4.3, `append`). The last writer never wins here: a
// decision that was written down on one node must not vanish because another node wrote one too.
import { choosePieces, chooseTop, type KeptEntry } from './log-choice.js';
import { readLog, type Log } from './log-entries.js';
import { kindOf, logText } from './log-kind.js';
import { changedOf, textOf, type Versions } from './log-text.js';

export interface LogMergeInput {
  /** The last text that both had; null: there was none. */
  readonly base: string | null;
  /** The earlier version by its stamp. */
  readonly first: string;
  /** The later one: of two versions of what stands before the entries, its is kept. */
  readonly second: string;
  /** SHA-256 (hex) of entries that were removed on purpose. */
  readonly forgotten: ReadonlySet<string>;
}

export interface LogMerge {
  readonly text: string;
  readonly kept: readonly KeptEntry[];
  /** Entries that both sides edited: both texts stay. */
  readonly twice: number;
  /** What stands before the entries differs on both sides, and the earlier version of it is not in the text. */
  readonly topLost: boolean;
  /** What stood before the entries is gone on one side, and stays. */
  readonly topKept: boolean;
}

const MARK = '\ufeff';
const EMPTY: Log = {
  parts: [{ text: '', gap: '', plain: '', key: '', vague: true, date: null }],
  eol: null,
};

/**
 * Merges two versions of a log. `sha256`: hex digest of a text's UTF-8. A version that only adds to the base comes out byte
 * for byte when the other one is the base. Time: linear in the entries, and n log n where both sides added many at one place.
 */
export function mergeLogs(input: LogMergeInput, sha256: (text: string) => string): LogMerge {
  const plain = { kept: [], twice: 0, topLost: false, topKept: false };
  if (input.first === input.second) return { text: input.first, ...plain };
  const merge = mergedOf(input, sha256);
  if (merge.kept.length > 0 || merge.topKept || input.base === null) return merge;
  if (input.first === input.base) return { text: input.second, ...plain };
  return input.second === input.base ? { text: input.first, ...plain } : merge;
}

function mergedOf(input: LogMergeInput, sha256: (text: string) => string): LogMerge {
  const hasBase = input.base !== null;
  const texts = [input.base ?? '', input.first, input.second].map((text) => logText(unmarked(text)));
  const kind = kindOf(texts);
  const [base = EMPTY, first = EMPTY, second = EMPTY] = texts.map((text) => readLog(text, kind));
  const [was = '', one = '', other = ''] = texts.map(({ text }) => text);
  const logs: Versions<Log> = [
    hasBase ? base : EMPTY,
    uncut(first, one, base, was),
    uncut(second, other, base, was),
  ];
  const { forgotten } = input;
  const identity = remembered((plain) => sha256(plain));
  const { pieces, kept, twice } = choosePieces({ logs, kind, hasBase, forgotten, identity });
  const top = chooseTop(logs, hasBase);
  const mark = changedOf(marked(input.base ?? input.first), marked(input.first), marked(input.second));
  const text = `${mark ? MARK : ''}${textOf([top.piece, ...pieces], logs, kind)}`;
  return { text, kept, twice, topLost: top.lost, topKept: top.kept };
}

function marked(text: string): boolean {
  return text.startsWith(MARK);
}

function unmarked(text: string): string {
  return marked(text) ? text.slice(1) : text;
}

/**
 * A log that is the beginning of what it was, and lacks entries, was cut off by a crash or a full disk. Its last entry is half
 * of one and no edit, and the same goes for its top.
 */
function uncut(log: Log, text: string, base: Log, was: string): Log {
  const last = log.parts.length - 1;
  if (!was.startsWith(text) || last >= base.parts.length - 1) return log;
  if (last === 0) return { ...log, parts: [base.parts[0]] };
  const [top, ...entries] = log.parts;
  return entries.at(-1)?.plain === base.parts[last]?.plain
    ? log
    : { ...log, parts: [top, ...entries.slice(0, -1)] };
}

function remembered(work: (plain: string) => string): (plain: string) => string {
  const known = new Map<string, string>();
  return (plain) => {
    const result = known.get(plain) ?? work(plain);
    known.set(plain, result);
    return result;
  };
}
