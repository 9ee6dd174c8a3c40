// Which entries a merged log has, and in whose words. When in doubt an entry stays: one too many can be deleted by a person, one
// that is gone is not missed until it is needed.
import type { Log, LogEntry } from './log-entries.js';
import type { LogKind } from './log-kind.js';
import { matchLogs, type Matched } from './log-match.js';
import { orderEntries } from './log-order.js';
import { sourceOf, type Piece, type Versions } from './log-text.js';

/** An entry that is gone on one side, and stays. */
export interface KeptEntry {
  /** SHA-256 (hex), by which it can be forgotten. */
  readonly identity: string;
  /** Its heading, or first line. */
  readonly key: string;
}

interface Chosen {
  readonly pieces: readonly Piece[];
  readonly kept: readonly KeptEntry[];
  /** Entries that both sides edited. */
  readonly twice: number;
}

interface Question {
  readonly logs: Versions<Log>;
  readonly kind: LogKind;
  readonly hasBase: boolean;
  readonly forgotten: ReadonlySet<string>;
  /** Of an entry's plain text. */
  readonly identity: (plain: string) => string;
}

/** The entries of the merged log in their order. */
export function choosePieces(question: Question): Chosen {
  const { logs, kind, identity } = question;
  const matched = matchLogs(logs[0], logs[1], logs[2], kind);
  const entryOf = (entry: number): LogEntry => entryAt(entry, matched, logs);
  const order = orderEntries({
    base: matched.base,
    first: matched.first.order,
    second: matched.second.order,
    newestFirst: isNewestFirst(logs),
    together: kind.by !== 'heading',
    date: (entry) => entryOf(entry).date,
    identity: (entry) => identity(entryOf(entry).plain),
  });
  const pieces: Piece[] = [];
  const kept: KeptEntry[] = [];
  let twice = 0;
  for (const entry of order) {
    const at = placesOf(entry, matched);
    const origin = at[0] === null ? 'added' : 'base';
    const [inFirst, inSecond] = [matched.first.edited.has(entry), matched.second.edited.has(entry)];
    const fate = fateOf(entry, at, matched, question);
    if (fate === 'dropped') continue;
    if (fate === 'kept') {
      const { plain, key } = entryOf(entry);
      kept.push({ identity: identity(plain), key });
    }
    if (inFirst && inSecond) {
      twice++;
      pieces.push({ at, source: 1, origin }, { at, source: 2, origin });
    } else {
      pieces.push({ at, source: inFirst ? 1 : inSecond ? 2 : sourceOf(at, logs), origin });
    }
  }
  return { pieces, kept, twice };
}

type Fate = 'stays' | 'kept' | 'dropped';

function fateOf(entry: number, at: Piece['at'], matched: Matched, question: Question): Fate {
  const { logs, hasBase, forgotten, identity } = question;
  const { first, second, repeated } = matched;
  if (at[1] !== null && at[2] !== null) return 'stays';
  if (at[1] === null && at[2] === null) return 'dropped';
  const isForgotten = (): boolean =>
    forgotten.size > 0 && forgotten.has(identity(entryAt(entry, matched, logs).plain));
  // With no base there is nobody to say whether it is new here or was forgotten there.
  if (at[0] === null) return !hasBase && isForgotten() ? 'dropped' : 'stays';
  if ((at[1] === null ? first : second).replaced.has(entry)) return 'stays';
  const edited = first.edited.has(entry) || second.edited.has(entry);
  return !edited && (repeated.has(entry) || isForgotten()) ? 'dropped' : 'kept';
}

function placesOf(entry: number, { base, first, second }: Matched): Piece['at'] {
  return [entry < base ? entry + 1 : null, first.at.get(entry) ?? null, second.at.get(entry) ?? null];
}

/** As the base has it, or the side that added it. */
function entryAt(entry: number, matched: Matched, logs: Versions<Log>): LogEntry {
  const at = placesOf(entry, matched);
  const version = at[0] !== null ? 0 : at[1] !== null ? 1 : 2;
  return logs[version].parts[at[version] ?? 0] ?? logs[version].parts[0];
}

/** Whether dates fall more often than they rise: in the base, or where that has too few, in the sides. */
function isNewestFirst([base, first, second]: Versions<Log>): boolean {
  return (falls(base) || falls(first) + falls(second)) > 0;
}

function falls({ parts }: Log): number {
  let balance = 0;
  let last: string | null = null;
  for (const { date } of parts.slice(1)) {
    if (date === null) continue;
    if (last !== null && last !== date) balance += last > date ? 1 : -1;
    last = date;
  }
  return balance;
}

/**
 * What stands before the first entry is replaced as a whole. `lost`: both sides changed it, and the earlier version of it is not
 * in the log; `kept`: it is gone on one side, and stays.
 */
export function chooseTop(
  logs: Versions<Log>,
  hasBase: boolean,
): { readonly piece: Piece; readonly lost: boolean; readonly kept: boolean } {
  const at = [hasBase ? 0 : null, 0, 0] as const;
  const [base, first, second] = logs.map(({ parts }) => parts[0].plain);
  const from = (source: 0 | 1 | 2, fate: 'lost' | 'kept' | null = null) => ({
    piece: { at, source, origin: 'top' as const },
    lost: fate === 'lost',
    kept: fate === 'kept',
  });
  if (first === second) return from(sourceOf(at, logs));
  const gone = hasBase && base !== '' ? 'kept' : null;
  if (first === '') return from(2, gone);
  if (second === '') return from(1, gone);
  if (hasBase && second === base) return from(1);
  return from(2, hasBase && first === base ? null : 'lost');
}
