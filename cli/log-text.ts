// A record of a log as people read it: one line, what belongs to it indented below. Texts in it came from anywhere.
import type { LogRecord } from '../domain/log-record.js';
import type { Context } from './definition.js';
import { printable } from './printable.js';

/** Said by the line's own columns, the same in every line, or shown below it. */
const ELSEWHERE = new Set(['node', 'pid', 'err', 'error']);
const INDENT = '\n    ';

/** A text of several lines goes on indented, so that none of them can pass for a record of its own. */
export function logText({ time, level, from, msg, fields }: LogRecord, paint: Context['paint']): string {
  const label = level.toUpperCase().padEnd(5);
  const grave = level === 'error' || level === 'fatal';
  const head = `${time ?? ''.padEnd(24)} ${grave ? paint('bad', label) : label} ${printable(from).padEnd(10)}`;
  const more = Object.entries(fields)
    .filter(([key]) => !ELSEWHERE.has(key))
    .map(([key, value]) => ` ${key}=${wordOf(value)}`)
    .join('');
  const below = ['err', 'error'].flatMap((key) => troubleOf(fields[key]));
  const text = [printable(msg), ...below.map(printable)].join('\n').trimEnd().replaceAll('\n', INDENT);
  return `${head} ${text}${more === '' ? '' : paint('dim', printable(more).replaceAll('\n', ' '))}`;
}

function wordOf(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

/** What an error says: its stack, which begins with its message. */
function troubleOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const { stack, message } = value as Readonly<Record<string, unknown>>;
  const said = typeof stack === 'string' ? stack : message;
  return typeof said === 'string' ? [said] : [];
}
