// The one schema of our logs, JSON, a line each: time, level, name, node, pid, msg, and what is known of the work (workflowId,
// activityType, err). Whatever is logged leaves through the scrubber, whoever made the text.
import { pino, stdSerializers, type Logger } from 'pino';
import { join } from 'node:path';
import { openRotatingLog, type RotatingLog } from '../adapters/files/rotating-log.js';
import { scrubData, scrubText } from '../config/scrub.js';
import type { LogLevel } from '../domain/log-record.js';
import { logDirectory } from './log-directory.js';
import { escapeControls, printable } from '../domain/printable.js';

export type { Logger } from 'pino';

/** What a logger needs of the config; the loader's Config fits it. */
export interface LogSettings {
  readonly node: string;
  readonly stateDir: string;
  readonly nxs: { readonly log?: { readonly level: LogLevel } };
}

/**
 * JSON lines in an owner-only, size-limited file. `name` says which part wrote a line; `file` is the process that it is a part
 * of, `name` when left out.
 */
export function openLogger({ node, stateDir, nxs }: LogSettings, name: string, file: string = name): Logger {
  const log = openRotatingLog(join(logDirectory(stateDir), `${file}.log`));
  return pino(
    {
      level: nxs.log?.level ?? 'info',
      base: { name, node, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      // The SDK calls it `error`, and a plain Error would be logged as {}.
      serializers: { err: stdSerializers.err, error: stdSerializers.err },
    },
    { write: (line: string) => log.write(safeLine(line)) },
  );
}

/** A line of pino's without secrets, in which nothing can act on a terminal that shows the file. */
export function safeLine(line: string): string {
  try {
    return `${escapeControls(JSON.stringify(scrubData(JSON.parse(line))))}\n`;
  } catch {
    return `${printable(scrubText(line.trimEnd()))}\n`;
  }
}

/** A line of a child may be this long before it is written in pieces, characters. */
const LONGEST_LINE = 64 * 1024;

/** The log of a child process that writes lines of its own, cleaned like ours; what has no end yet waits for it. */
export function openChildLog(stateDir: string, file: string): RotatingLog {
  const log = openRotatingLog(join(logDirectory(stateDir), `${file}.log`));
  const decoder = new TextDecoder();
  let rest = '';
  return {
    write(chunk) {
      rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
      const end = rest.length > LONGEST_LINE ? rest.length : rest.lastIndexOf('\n') + 1;
      if (end === 0) return;
      const whole = rest.slice(0, end);
      rest = rest.slice(end);
      log.write(printable(scrubText(whole)));
    },
    close() {
      if (rest !== '') log.write(`${printable(scrubText(rest))}\n`);
      rest = '';
      log.close();
    },
  };
}
