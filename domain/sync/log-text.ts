// From chosen entries back to a text. What nobody touched comes out byte for byte; only where two entries meet that stood side by
// side in no version are blank lines ours to choose.
import type { Log } from './log-entries.js';
import type { LogKind } from './log-kind.js';

/** Base, earlier side, later side. */
export type Versions<T> = readonly [base: T, first: T, second: T];

/** An entry in the merged log. */
export interface Piece {
  /** Its index in the parts of each version; null: it is not there. */
  readonly at: Versions<number | null>;
  /** The version whose text it has. */
  readonly source: 0 | 1 | 2;
  /** `top`: what stands before the first entry. */
  readonly origin: 'top' | 'base' | 'added';
}

/** Of a thing that both sides may have changed: what was changed; by both: the later side's. */
export function changedOf<T>(base: T, first: T, second: T): T {
  return second === base ? first : second;
}

/** The merged text, without a byte order mark. The first piece is the one before the first entry. */
export function textOf(pieces: readonly Piece[], logs: Versions<Log>, kind: LogKind): string {
  const eol = eolOf(logs);
  const loose = kind.by === 'heading' || (kind.by !== 'table' && isLoose(logs));
  const out: string[] = [];
  for (const [index, piece] of pieces.entries()) {
    out.push(written(logs[piece.source], textAt(piece, piece.source, logs), eol));
    const next = pieces[index + 1];
    if (next !== undefined) out.push(gapBetween(piece, next, logs, kind) ?? seam(piece, logs, loose, eol));
    else out.push(ending(piece, logs, eol));
  }
  return out.join('');
}

function textAt(piece: Piece, version: 0 | 1 | 2, logs: Versions<Log>): string {
  return logs[version].parts[piece.at[version] ?? -1]?.text ?? '';
}

/** The version whose bytes an entry has that says the same in all of them: whoever changed line ends or blanks meant it. */
export function sourceOf(at: Versions<number | null>, logs: Versions<Log>): 0 | 1 | 2 {
  if (at[1] === null || at[2] === null) return at[2] !== null ? 2 : at[1] !== null ? 1 : 0;
  const text = (version: 0 | 1 | 2): string | undefined => logs[version].parts[at[version] ?? -1]?.text;
  return at[0] !== null && text(2) === text(0) ? 1 : 2;
}

function eolOf(logs: Versions<Log>): '\n' | '\r\n' {
  const [base, first, second] = logs.map(({ eol }) => eol);
  const changed = second === null ? first : first === null ? second : changedOf(base, first, second);
  return changed ?? base ?? '\n';
}

/** Text of a version in the merged log: with other line ends only where that version has others than the whole. */
function written(log: Log, text: string, eol: '\n' | '\r\n'): string {
  return log.eol === null || log.eol === eol ? text : text.replace(/\r?\n/g, eol);
}

/** What stands between two entries in a version that has them side by side; null: no such version counts. */
function gapBetween(piece: Piece, next: Piece, logs: Versions<Log>, kind: LogKind): string | null {
  // An addition is set off by one blank line from what was there, however its author did it.
  if (kind.by === 'heading' && piece.origin !== 'top' && piece.origin !== next.origin) return null;
  const gaps = logs.map((log, version) => {
    const index = piece.at[version];
    if (typeof index !== 'number' || next.at[version] !== index + 1) return null;
    // A version with nothing before its first entry does not tell what stands between that entry and the other's top.
    if (log.parts[index]?.text === '' && textAt(piece, piece.source, logs) !== '') return null;
    return written(log, log.parts[index]?.gap ?? '', eolOf(logs));
  });
  return chosen(gaps);
}

function chosen([base = null, first = null, second = null]: readonly (string | null)[]): string | null {
  if (first === null || second === null) return second ?? first ?? base;
  return changedOf(base, first, second);
}

function seam(piece: Piece, logs: Versions<Log>, loose: boolean, eol: string): string {
  if (piece.origin === 'top' && textAt(piece, piece.source, logs) === '') return '';
  return loose ? eol + eol : eol;
}

/** The end of the file; one that both sides leave without an end of line stays so. */
function ending(piece: Piece, logs: Versions<Log>, eol: '\n' | '\r\n'): string {
  const ends = logs.map((log, version) => {
    const index = piece.at[version];
    if (typeof index !== 'number' || index !== log.parts.length - 1) return null;
    return written(log, log.parts[index]?.gap ?? '', eol);
  });
  const end = chosen(ends) ?? '';
  if (end !== '' || textAt(piece, piece.source, logs) === '') return end;
  const open = [logs[1], logs[2]].every(({ parts }) => !(parts.at(-1)?.gap ?? '').includes('\n'));
  return open ? '' : eol;
}

/** Whether most entries have a blank line between them. */
function isLoose([, first, second]: Versions<Log>): boolean {
  const gaps = [first, second].flatMap(({ parts }) => parts.slice(1, -1).map(({ gap }) => gap));
  return gaps.filter((gap) => gap.indexOf('\n') !== gap.lastIndexOf('\n')).length * 2 > gaps.length;
}
