// A log as a list of entries. What starts an entry is found out once for all versions of a log, so that they are cut alike.

/** What an entry begins with, in the order in which it is looked for. */
export const STARTS = ['dated heading', '## ', '### ', 'table row', 'list item', 'line'] as const;
export type Start = (typeof STARTS)[number];

export interface Entry {
  /** As it stands in its file, with the line ends and blank lines that follow it. */
  readonly raw: string;
  /** Line ends as LF, composed (NFC), no blanks at line ends, no blank lines around: what makes two entries the same. */
  readonly plain: string;
  /** Its first line: what makes two entries versions of one. */
  readonly key: string;
}

export interface Log {
  /** What stands before the first entry, as it is; with a byte order mark where there is one. */
  readonly preamble: string;
  readonly entries: readonly Entry[];
}

const DATED = /^#{1,6}\s.*\d{4}-\d{2}-\d{2}/;
const ITEM = /^(?:[-*+]|\d{1,9}[.)])\s/;
const RULE = /^\s*\|?\s*:?-{3,}:?\s*(?:\|\s*:?-{3,}:?\s*)*\|?\s*$/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** The kind of start that these versions of a log share: the first that any of them has. */
export function startOf(versions: readonly string[]): Start {
  const found = new Set<Start>();
  for (const text of versions) {
    for (const { start } of marks(linesOf(text))) for (const each of start) found.add(each);
  }
  return STARTS.find((each) => found.has(each)) ?? 'line';
}

/** Cuts a log. */
export function parseLog(text: string, start: Start): Log {
  const lines = linesOf(text);
  const starts = marks(lines).flatMap(({ start: kinds }, index) => (kinds.includes(start) ? [index] : []));
  const [first = lines.length] = starts;
  const entries = starts.map((from, index) =>
    entryOf(lines.slice(from, starts[index + 1] ?? lines.length).join('')),
  );
  return { preamble: lines.slice(0, first).join(''), entries };
}

/** True for entries that stand apart by a blank line. */
export function isSpaced(start: Start): boolean {
  return start === 'dated heading' || start === '## ' || start === '### ';
}

function entryOf(raw: string): Entry {
  const lines = raw
    .normalize('NFC')
    .split(/\r\n|\r|\n/)
    .map((line) => line.trimEnd());
  while (lines.at(-1) === '') lines.pop();
  return { raw, plain: lines.join('\n'), key: lines[0] ?? '' };
}

/** Lines with their ends. */
function linesOf(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
}

/** Per line: the kinds of entry that it could start. Nothing starts in a fenced block. */
function marks(lines: readonly string[]): { readonly start: readonly Start[] }[] {
  let fence: string | null = null;
  let inTable = false;
  return lines.map((line, index) => {
    const text = (index === 0 ? line.replace(/^\ufeff/, '') : line).replace(/[\r\n]+$/, '');
    const mark: string | undefined = FENCE.exec(text)?.[1];
    if (fence !== null) {
      if (mark !== undefined && mark.startsWith(fence) && text.trim() === mark) fence = null;
      return { start: [] };
    }
    if (mark !== undefined) {
      fence = mark;
      return { start: [] };
    }
    const row = text.includes('|');
    if (RULE.test(text) && row) {
      inTable = true;
      return { start: [] };
    }
    if (!row) inTable = false;
    return { start: kindsOf(text, inTable) };
  });
}

function kindsOf(text: string, inTable: boolean): Start[] {
  if (text.trim() === '') return [];
  const kinds: Start[] = ['line'];
  if (inTable) kinds.push('table row');
  if (ITEM.test(text)) kinds.push('list item');
  if (text.startsWith('## ')) kinds.push('## ');
  if (text.startsWith('### ')) kinds.push('### ');
  if (DATED.test(text)) kinds.push('dated heading');
  return kinds;
}
