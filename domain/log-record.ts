// One line of one of our logs, whoever wrote it: our processes (JSON), Temporal's server (logfmt), a crash of Node (anything).
// Nothing here may throw: a log is read most when something wrote nonsense into it.

/** From the least to the gravest. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A line as `nxs logs` shows it. */
export interface LogRecord {
  /** ISO 8601, UTC; null: the line has none, and belongs to the one before it. */
  readonly time: string | null;
  readonly level: LogLevel;
  /** The process that wrote the line: `supervisor`, `worker`, `temporal`. */
  readonly from: string;
  readonly msg: string;
  /** All other members of the line (`node`, `workflowId`, `err` …). */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Is it as grave as `least`, or graver? */
export function isAtLeast(level: LogLevel, least: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least);
}

/** A line of a file that `from` writes. What cannot be read is shown as it is, as information. */
export function parseLogLine(line: string, from: string): LogRecord {
  return parseJson(line, from) ?? parseLogfmt(line, from) ?? plain(line, from);
}

function plain(line: string, from: string): LogRecord {
  return { time: null, level: 'info', from, msg: line, fields: {} };
}

/** pino's own numbers, which older versions of us wrote. */
const NUMBERS: Readonly<Record<number, LogLevel>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

function parseJson(line: string, from: string): LogRecord | null {
  if (!line.startsWith('{')) return null;
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof json !== 'object' || json === null || !('time' in json || 'msg' in json)) return null;
  const { time, level, name, msg, ...fields } = json as Readonly<Record<string, unknown>>;
  return {
    time: typeof time === 'string' ? utc(time) : null,
    level: typeof level === 'number' ? (NUMBERS[level] ?? 'info') : levelOf(level),
    from: typeof name === 'string' ? name : from,
    msg: typeof msg === 'string' ? msg : '',
    fields,
  };
}

/** `time=… level=WARN msg="…" key=value` (Go's slog); its times have no zone, and we start the server in UTC. */
function parseLogfmt(line: string, from: string): LogRecord | null {
  if (!line.startsWith('time=')) return null;
  const fields: Record<string, string> = {};
  for (const [, key = '', quoted, bare = ''] of line.matchAll(/([^\s="]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g))
    fields[key] = quoted === undefined ? bare : unquoted(quoted);
  const { time = '', level, msg = '', ...rest } = fields;
  return { time: utc(time), level: levelOf(level), from, msg, fields: rest };
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

function levelOf(value: unknown): LogLevel {
  const name = typeof value === 'string' ? value.toLowerCase() : '';
  return LOG_LEVELS.find((level) => level === name) ?? 'info';
}

const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/;

/** An ISO time as one that can be compared letter by letter; null when it is none. */
function utc(text: string): string | null {
  const [, seconds, fraction = '', zone = 'Z'] = STAMP.exec(text) ?? [];
  if (seconds === undefined) return null;
  const ms = Date.parse(`${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}${zone}`);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
