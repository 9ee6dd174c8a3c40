// One source line, made fit to print: only what is known to be harmless is shown. The rest becomes ***, since a
// report travels further than its file (terminals, tickets, chats).
import { keysOf, spotOf, stepInto, type PathKey, type Schema, type Spot } from '../schemas/walk.js';
import { HIDDEN, looksSecret } from '../secret-text.js';
import type { Place, Range } from '../yaml/tree.js';
import type { Source } from './finding.js';
import { showableKey } from './issue.js';

export interface MaskedLine {
  readonly text: string;
  /** Column of the caret in `text`, from 0. */
  readonly caret: number;
}

/** The line that holds `offset`, with the caret's column in it. */
export function maskedLine(source: Source, offset: number): MaskedLine {
  const start = source.text.lastIndexOf('\n', offset - 1) + 1;
  const feed = source.text.indexOf('\n', start);
  const end = feed === -1 ? source.text.length : feed;
  const keep = source.root === null ? [] : keptRanges(source, [start, end]);
  const known = source.root === null ? vocabulary(source.schema) : new Set<string>();
  let text = '';
  let caret = 0;
  let at = start;
  while (at < end) {
    const kept = keep.find(([from, to]) => at >= from && at < to);
    const stop = kept === undefined ? nextStop(source.text, at, end, keep) : Math.min(end, kept[1]);
    const piece = source.text.slice(at, stop);
    const shown = kept === undefined ? maskPiece(piece, source.text.slice(stop, end), known) : piece;
    if (shown === null && !keep.some(([from]) => from > at)) break;
    if (offset >= at) caret = text.length + (offset < stop && shown === piece ? offset - at : 0);
    text += shown ?? '';
    at = stop;
  }
  if (offset >= end) caret = text.trimEnd().length;
  return clip(text.replace(/[\t\r]/g, ' ').replace(/[^\P{C}]/gu, ' '), caret);
}

const BREAK = /[\s[\]{},"']/;
const BLANK = /^(\s|$)/;

/** Brackets, quotes, blanks, and the marks `-`, `:`, `?` when a blank follows; all else is a word or part of one. */
function isStructure(text: string, at: number): boolean {
  return BREAK.test(text.charAt(at)) || (/[-:?]/.test(text.charAt(at)) && BLANK.test(text.charAt(at + 1)));
}

/** Where the run of structure or the word that starts at `at` ends. */
function nextStop(text: string, at: number, end: number, keep: readonly Range[]): number {
  const structural = isStructure(text, at);
  let stop = at + 1;
  while (stop < end && isStructure(text, stop) === structural && !keep.some(([from]) => from === stop))
    stop += 1;
  return stop;
}

/** Null: a comment begins. Words are shown only when they are keys that a schema knows, in front of a colon. */
function maskPiece(piece: string, rest: string, known: ReadonlySet<string>): string | null {
  if (isStructure(piece + rest, 0)) return piece;
  if (piece.startsWith('#')) return null;
  return known.has(piece) && /^["']?\s*:/.test(rest) ? piece : HIDDEN;
}

/** Ranges on the line that may be shown: keys that look like keys, and plain values of fields that are not secret. */
function keptRanges(source: Source, line: Range): readonly Range[] {
  const kept: Range[] = [];
  const visit = (place: Place, spot: Spot | null, key: PathKey | null): void => {
    const secret = spot?.secret === true;
    if (place.key !== null && overlaps(place.key, line) && typeof key === 'string' && showableKey(key))
      kept.push(place.key);
    if (secret) return;
    if (place.children.size === 0 && spot !== null && overlaps(place.range, line)) {
      if (!looksSecret(source.text.slice(...place.range))) kept.push(place.range);
    }
    for (const [name, child] of place.children)
      visit(child, spot === null ? null : stepInto(spot, name), name);
  };
  if (source.root !== null) visit(source.root, spotOf([source.schema]), null);
  return kept.map(([from, to]) => [Math.max(from, line[0]), Math.min(to, line[1])] as const);
}

function overlaps([from, to]: Range, line: Range): boolean {
  return from < line[1] && to > line[0];
}

/** Every key that some place of this file knows. */
function vocabulary(schema: Schema): ReadonlySet<string> {
  const words = new Set<string>();
  const visit = (spot: Spot): void => {
    for (const key of keysOf(spot)) {
      words.add(key);
      const next = stepInto(spot, key);
      if (next !== null) visit(next);
    }
    const item = stepInto(spot, 0);
    if (item !== null) visit(item);
  };
  visit(spotOf([schema]));
  return words;
}

/** Long lines are cut to a window around the caret. */
function clip(text: string, caret: number): MaskedLine {
  const width = 110;
  const whole = text.trimEnd();
  if (whole.length <= width) return { text: whole, caret: Math.min(caret, whole.length) };
  const from = Math.max(0, Math.min(caret - 40, whole.length - width));
  const before = from > 0 ? '…' : '';
  const after = from + width < whole.length ? '…' : '';
  return { text: before + whole.slice(from, from + width) + after, caret: caret - from + before.length };
}
