// Where the entries of a log begin. Nobody declares it: it is seen from the texts (SYNC.md 4.3), from all that are merged at
// once, so that every version is cut in the same way.
import { dateIn } from './log-dates.js';
import { headingOf, linesOf, type Heading, type Line } from './log-lines.js';

export type LogKind =
  /** At headings with a date of any level; when `undated`, also at those without one down to `level`. */
  | { readonly by: 'heading'; readonly level: number; readonly undated: boolean }
  /** At the rows of a table. */
  | { readonly by: 'table' }
  /** At the items of a list, not at those within an item. */
  | { readonly by: 'list' }
  | { readonly by: 'lines' };

export interface DatedHeading extends Heading {
  readonly date: string | null;
  /** The date is the first thing in it. */
  readonly leading: boolean;
}

/** A text with what was found in it. */
export interface LogText {
  readonly text: string;
  readonly lines: readonly Line[];
  /** By index of their line. */
  readonly headings: ReadonlyMap<number, DatedHeading>;
}

const DELIMITER = /^ {0,3}\|(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*$/;
const ITEM = /^(?:[-*+]|\d{1,9}[.)])[ \t]+\S/;
const BREAK = /^(?:-[ \t]*){3,}$|^(?:\*[ \t]*){3,}$|^(?:_[ \t]*){3,}$/;

export function logText(text: string): LogText {
  const lines = linesOf(text);
  const headings = new Map<number, DatedHeading>();
  for (const [index, line] of lines.entries()) {
    const heading = headingOf(text, line);
    if (heading === null) continue;
    const found = dateIn(heading.text);
    const leading = found !== null && /^[^\p{L}\p{N}]*$/u.test(heading.text.slice(0, found.from));
    headings.set(index, { ...heading, date: found?.date ?? null, leading });
  }
  return { text, lines, headings };
}

/**
 * The first that any of the texts has: headings with a date; `##`; `###`; rows of a table; items of a list; else lines. All
 * texts are asked: the base of a young log is often no more than its title, which must not decide for what comes.
 */
export function kindOf(texts: readonly LogText[]): LogKind {
  const dated = datedLevel(texts);
  if (dated !== null) return { by: 'heading', level: dated, undated: !repeats(texts, dated) };
  for (const level of [2, 3]) {
    if (texts.some(({ headings }) => [...headings.values()].some((heading) => heading.level === level))) {
      return { by: 'heading', level, undated: true };
    }
  }
  if (texts.some((each) => startsOf(each, { by: 'table' }).length > 0)) return { by: 'table' };
  if (texts.some((each) => startsOf(each, { by: 'list' }).length > 0)) return { by: 'list' };
  return { by: 'lines' };
}

/** Level of the highest headings with a date. The title of a log ("since 2025-01-01") is none of them. */
function datedLevel(texts: readonly LogText[]): number | null {
  let highest: number | null = null;
  for (const { headings } of texts) {
    const dated = [...headings.values()].filter(({ date }) => date !== null);
    const titles = dated.filter(({ level }) => level === 1);
    const entries = titles.length > 1 || titles[0]?.leading === true;
    for (const { level } of dated) {
      if (level > 1 || entries) highest = Math.min(highest ?? level, level);
    }
  }
  return highest;
}

/**
 * True when headings without a date say the same again ("Context", "Status"): then they are parts of entries. Where each says
 * something else, they are entries whose author left the date out.
 */
function repeats(texts: readonly LogText[], deepest: number): boolean {
  return texts.some(({ headings }) => {
    const undated = [...headings.values()].filter(
      ({ level, date }) => date === null && level <= deepest && (level > 1 || deepest === 1),
    );
    return new Set(undated.map(({ text }) => text.toLowerCase())).size < undated.length;
  });
}

/** Indices of the lines with which an entry begins, in order. */
export function startsOf(text: LogText, kind: LogKind): readonly number[] {
  switch (kind.by) {
    case 'heading':
      return headingStarts(text, kind.level, kind.undated);
    case 'table':
      return tableStarts(text);
    case 'list':
      return listStarts(text);
    case 'lines':
      return lineStarts(text);
  }
}

function headingStarts({ headings }: LogText, level: number, undated: boolean): readonly number[] {
  const starts: number[] = [];
  for (const [index, heading] of headings) {
    // Above the first entry stands the title.
    const title = heading.level === 1 && level > 1;
    const entry = heading.date !== null || (undated && heading.level <= level);
    if (title ? starts.length > 0 : entry) starts.push(index);
  }
  return starts;
}

/** Rows below a delimiter line, and what stands between tables or after them as an entry of its own. */
function tableStarts({ text, lines }: LogText): readonly number[] {
  const contents = lines.map((line) => (line.code ? '' : text.slice(line.from, line.to)));
  const first = contents.findIndex((content) => DELIMITER.test(content));
  const starts: number[] = [];
  let between = false;
  for (let index = first + 1; first !== -1 && index < lines.length; index++) {
    const content = contents[index] ?? '';
    const row = /^ {0,3}\|/.test(content);
    if (row ? !DELIMITER.test(content) : content.trim() !== '' && !between) starts.push(index);
    if (content.trim() !== '') between = !row;
  }
  return starts;
}

/** Items without indent, and what follows the list after a blank line as an entry of its own. */
function listStarts({ text, lines }: LogText): readonly number[] {
  const starts: number[] = [];
  let blank = false;
  for (const [index, line] of lines.entries()) {
    const content = line.code ? ' ' : text.slice(line.from, line.to);
    const item = ITEM.test(content) && !BREAK.test(content);
    const after = starts.length > 0 && /^\S/.test(content) && (blank || content.startsWith('#'));
    if (item || after) starts.push(index);
    blank = !line.code && content.trim() === '';
  }
  // Without an item there is no list, and nothing begins.
  return starts;
}

/** Every line, but not those that go on with the one before: indented ones, and fenced code. */
function lineStarts({ text, lines }: LogText): readonly number[] {
  return [...lines.keys()].filter((index) => {
    const line = lines[index];
    return line !== undefined && !line.code && /^\S/.test(text.slice(line.from, line.from + 1));
  });
}
