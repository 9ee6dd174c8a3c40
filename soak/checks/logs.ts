// Log lines that nobody expected, and secrets where none may be.
import type { Problems } from '../model.js';

export interface LogLine {
  readonly file: string;
  readonly text: string;
}

/** Why a line of this kind is no fault of the product during a soak. */
export interface Allowed {
  readonly pattern: RegExp;
  readonly reason: string;
}

/** pino's `error`. */
const ERROR = 50;

const ALWAYS_BAD =
  /unhandled|uncaught|MaxListenersExceeded|possible .*leak|ERR_INTERNAL_ASSERTION|non-?determinis|BlobSizeLimit|payload.*too large|heap out of memory|deprecat/i;

/** Classes of unexpected lines, each once with its first line and how often it came. */
export function logProblems(lines: readonly LogLine[], allowed: readonly Allowed[]): Problems {
  const classes = new Map<string, { readonly line: LogLine; count: number }>();
  for (const line of lines) {
    if (!isBad(line.text) || allowed.some(({ pattern }) => pattern.test(line.text))) continue;
    const name = classOf(line.text);
    const known = classes.get(name);
    if (known === undefined) classes.set(name, { line, count: 1 });
    else known.count += 1;
  }
  return [...classes.values()].map(({ line, count }) => ({
    what: `an unexpected line in ${line.file}, ${String(count)} times`,
    evidence: line.text.slice(0, 1200),
  }));
}

function isBad(text: string): boolean {
  if (ALWAYS_BAD.test(text)) return true;
  try {
    const { level } = JSON.parse(text) as { readonly level?: unknown };
    return typeof level === 'number' && level >= ERROR;
  } catch {
    return false;
  }
}

/** The same but for numbers, ids and quoted words. */
function classOf(text: string): string {
  const said = messageOf(text);
  return said.replace(/[0-9a-f]{8,}|\d+/g, '#').slice(0, 160);
}

function messageOf(text: string): string {
  try {
    const { msg, error, err } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return [msg, error, err].map((each) => (each === undefined ? '' : JSON.stringify(each))).join(' ');
  } catch {
    return text;
  }
}

/** `places`: where it was looked for, with what was found there. */
export function secretProblems(
  places: readonly { readonly file: string; readonly found: readonly string[] }[],
): Problems {
  return places
    .filter(({ found }) => found.length > 0)
    .map(({ file, found }) => ({ what: `a secret lies in ${file}`, evidence: found.join(', ') }));
}
