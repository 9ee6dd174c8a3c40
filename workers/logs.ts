// `nxs logs`: the logs of all processes of this node as one, by time. It reads files, so it works while nothing runs.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openLogTail, type LogTail } from '../adapters/files/log-tail.js';
import { scrubData } from '../config/scrub.js';
import { isAtLeast, parseLogLine, type LogLevel, type LogRecord } from '../domain/log-record.js';
import { logDirectory } from './log-directory.js';

export interface LogQuery {
  /** Files' processes; null: all. */
  readonly from: readonly string[] | null;
  readonly level: LogLevel;
  /** Not older than this, ms since the epoch; null: all that is kept. */
  readonly since: number | null;
  /** Only lines with this text in them, in whatever case; null: all. */
  readonly grep: string | null;
  /** The latest so many, of all files together. */
  readonly last: number;
}

export interface NodeLogs {
  readonly directory: string;
  /** The logs that there are: `supervisor`, `worker` … */
  readonly names: readonly string[];
  /** Records that were not told yet, by time; the first call tells the latest of what is kept. */
  next(): Promise<readonly LogRecord[]>;
  close(): Promise<void>;
}

interface Source {
  readonly name: string;
  readonly tail: LogTail;
  before: LogRecord | null;
}

export async function openLogs(stateDir: string, query: LogQuery): Promise<NodeLogs> {
  const directory = logDirectory(stateDir);
  const sources = new Map<string, Source>();

  /** A process may write its first line while we follow. */
  async function look(): Promise<void> {
    for (const name of await logNames(directory)) {
      if (sources.has(name) || query.from?.includes(name) === false) continue;
      const tail = openLogTail(join(directory, `${name}.log`), query.since);
      sources.set(name, { name, tail, before: null });
    }
  }

  async function read(source: Source): Promise<readonly LogRecord[]> {
    const found: LogRecord[] = [];
    for await (const line of source.tail.lines()) {
      if (line.trim() === '') continue;
      const record = following(parseLogLine(line, source.name), source.before);
      source.before = record;
      if (!isWanted(record, line, query)) continue;
      found.push(record);
      if (found.length > 2 * query.last) found.splice(0, found.length - query.last);
    }
    return found.slice(-query.last);
  }

  await look();
  return {
    directory,
    names: [...sources.keys()],
    async next() {
      await look();
      const records = (await Promise.all([...sources.values()].map(read))).flat();
      // The sort is stable, so lines of one file keep their order.
      const byTime = records.sort((a, b) => compare(a.time ?? '', b.time ?? ''));
      return byTime.slice(-query.last).map((record) => scrubData(record) as LogRecord);
    },
    async close() {
      await Promise.all([...sources.values()].map(({ tail }) => tail.close()));
    },
  };
}

/** Names of the logs in a directory; none when it is not there. */
export async function logNames(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory).catch(() => []);
  return entries
    .filter((entry) => entry.endsWith('.log'))
    .map((entry) => entry.slice(0, -'.log'.length))
    .sort();
}

/** A line without a time (a stack, a banner) belongs to the one above it. */
function following(record: LogRecord, before: LogRecord | null): LogRecord {
  if (record.time !== null || before === null) return record;
  return { ...record, time: before.time, level: before.level };
}

function isWanted(record: LogRecord, line: string, { level, since, grep }: LogQuery): boolean {
  if (!isAtLeast(record.level, level)) return false;
  if (since !== null && (record.time === null || Date.parse(record.time) < since)) return false;
  return grep === null || line.toLowerCase().includes(grep.toLowerCase());
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
