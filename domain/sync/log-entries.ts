// A log as entries: what an entry is called, when two are the same, and the bytes that stand for it.
import { dateIn } from './log-dates.js';
import { startsOf, type LogKind, type LogText } from './log-kind.js';

export interface LogEntry {
  /** Verbatim, to the end of its last line that is not blank. */
  readonly text: string;
  /** Verbatim: the end of that line, and the blank ones before the next entry. */
  readonly gap: string;
  /** What its identity is of: LF, NFC, no blanks at the ends of lines. The same text is the same entry. */
  readonly plain: string;
  /** What it is about; an entry with the same key in its place is an edit of it. */
  readonly key: string;
  /** The key is a date or nothing, which several entries may share. */
  readonly vague: boolean;
  /** From its first line, in a form that sorts as text; null: there is none. */
  readonly date: string | null;
}

export interface Log {
  /** The first one is what stands before the first entry: maybe nothing. */
  readonly parts: readonly [LogEntry, ...LogEntry[]];
  readonly eol: '\n' | '\r\n' | null;
}

export function readLog(source: LogText, kind: LogKind): Log {
  const { text, lines } = source;
  const starts = startsOf(source, kind).map((index) => lines[index]?.from ?? 0);
  const entries = starts.map((from, index) =>
    entryOf(text.slice(from, starts[index + 1] ?? text.length), kind),
  );
  const preamble = entryOf(text.slice(0, starts[0] ?? text.length), { by: 'lines' });
  return { parts: [preamble, ...entries], eol: dominantEol(source) };
}

function entryOf(raw: string, kind: LogKind): LogEntry {
  const end = contentEnd(raw);
  const text = raw.slice(0, end);
  const plain = plainOf(text);
  const line = plain.split('\n', 1)[0] ?? '';
  const key = keyOf(line, kind);
  const found = dateIn(line);
  const dated = dateIn(key);
  const words = dated === null ? key : key.slice(0, dated.from) + key.slice(dated.to);
  const vague = !/[\p{L}\p{N}]/u.test(words);
  return { text, gap: raw.slice(end), plain, key, vague, date: found?.date ?? null };
}

/** End of the last line that is not blank; blanks at its end are part of it. */
function contentEnd(raw: string): number {
  const last = raw.trimEnd().length;
  if (last === 0) return 0;
  const end = raw.indexOf('\n', last);
  if (end === -1) return raw.length;
  return raw[end - 1] === '\r' ? end - 1 : end;
}

function plainOf(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  return lines.join('\n').normalize('NFC');
}

function keyOf(line: string, kind: LogKind): string {
  switch (kind.by) {
    case 'heading':
      return line
        .replace(/^ *#+/, '')
        .replace(/[ \t]#+$/, '')
        .trim()
        .replace(/\s+/g, ' ');
    case 'table':
      return cellsOf(line)[0] ?? '';
    // A box that was ticked leaves the item what it was.
    case 'list':
      return line.replace(/^(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?/, '');
    case 'lines':
      return line;
  }
}

function cellsOf(line: string): readonly string[] {
  return line
    .split('|')
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '');
}

/**
 * Whether an entry that has the key of one that is gone is that one, edited. A vague key is not enough, for a day has many
 * entries: then they must share a line, or a cell, as well.
 */
export function isEditOf(gone: LogEntry, entry: LogEntry, kind: LogKind): boolean {
  if (gone.key !== entry.key) return false;
  if (!gone.vague) return true;
  const [before, after] = [gone, entry].map(({ plain }) => partsOf(plain, kind));
  const had = new Set(before);
  return after?.some((part) => had.has(part)) ?? false;
}

function partsOf(plain: string, kind: LogKind): readonly string[] {
  const parts = kind.by === 'table' ? cellsOf(plain) : plain.split('\n').map((line) => line.trim());
  return parts.slice(1).filter((part) => /[\p{L}\p{N}]/u.test(part));
}

function dominantEol({ text, lines }: LogText): Log['eol'] {
  let [crlf, lf] = [0, 0];
  for (const { to, next } of lines) {
    if (next - to === 2) crlf++;
    else if (next - to === 1) lf++;
  }
  if (text === '' || crlf + lf === 0) return null;
  return crlf > lf ? '\r\n' : '\n';
}
