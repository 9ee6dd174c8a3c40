// The lines of a log that people and agents write by hand, with what of Markdown matters for finding its entries: headings, and
// fenced code, in which nothing is one.

export interface Line {
  readonly from: number;
  /** Without the end of line, LF or CRLF. */
  readonly to: number;
  /** Where the next line begins. */
  readonly next: number;
  /** Inside fenced code, or the fence that ends it. */
  readonly code: boolean;
}

export interface Heading {
  /** 1 to 6. */
  readonly level: number;
  readonly text: string;
}

/** Its end takes what is there, line separators of Unicode too: one that could fail would be tried again for each mark (10 MB of them). */
const FENCE = /^ {0,3}(`{3,}|~{3,})([^]*)$/;

interface Fence {
  readonly char: string;
  readonly length: number;
  /** Only a fence with nothing after it can end code. */
  readonly bare: boolean;
}

/** All lines. A fence that never ends is none: one that was forgotten must not swallow the rest of a log. */
export function linesOf(text: string): readonly Line[] {
  const plain: Omit<Line, 'code'>[] = [];
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('\n', from);
    const next = end === -1 ? text.length : end + 1;
    const to = end === -1 ? next : end > from && text[end - 1] === '\r' ? end - 1 : end;
    plain.push({ from, to, next });
    from = next;
  }
  const code = codeOf(plain.map(({ from, to }) => fenceOf(text, from, to)));
  return plain.map((line, index) => ({ ...line, code: code[index] === true }));
}

function codeOf(fences: readonly (Fence | null)[]): readonly boolean[] {
  const code: boolean[] = [];
  /** By character: a fence of this length or more was looked for in vain, so it is not looked for again. */
  const endless = new Map<string, number>();
  for (let index = 0; index < fences.length; index++) {
    const open = fences[index] ?? null;
    if (open === null || open.length >= (endless.get(open.char) ?? Infinity)) continue;
    const end = closing(fences, index, open);
    if (end === -1) endless.set(open.char, open.length);
    else for (; index < end; index++) code[index + 1] = true;
  }
  return code;
}

function closing(fences: readonly (Fence | null)[], opened: number, open: Fence): number {
  for (let index = opened + 1; index < fences.length; index++) {
    const fence = fences[index] ?? null;
    if (fence?.bare === true && fence.char === open.char && fence.length >= open.length) return index;
  }
  return -1;
}

function fenceOf(text: string, from: number, to: number): Fence | null {
  if (!text.startsWith('```', indented(text, from)) && !text.startsWith('~~~', indented(text, from))) {
    return null;
  }
  const [, marks = '', rest = ''] = FENCE.exec(text.slice(from, to)) ?? [];
  const char = marks.charAt(0);
  // CommonMark, 4.5: what follows backticks and has some itself is code within a line.
  if (char === '' || (char === '`' && rest.includes('`'))) return null;
  return { char, length: marks.length, bare: rest.trim() === '' };
}

function indented(text: string, from: number): number {
  let at = from;
  while (at < from + 3 && text[at] === ' ') at++;
  return at;
}

/** The heading that a line is (`## text`, with at most three blanks before it), or null. */
export function headingOf(text: string, { from, to, code }: Line): Heading | null {
  const start = indented(text, from);
  if (code || text[start] !== '#') return null;
  let end = start;
  while (end < to && text[end] === '#') end++;
  const level = end - start;
  if (level > 6 || (end < to && text[end] !== ' ' && text[end] !== '\t')) return null;
  const words = text.slice(end, to).trim().split(/\s+/);
  if (/^#+$/.test(words.at(-1) ?? '')) words.pop();
  return { level, text: words.join(' ').normalize('NFC') };
}
