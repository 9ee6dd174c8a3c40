import { LogTimestamp, type Logger as SdkLogger, type LogLevel, type LogMetadata } from '@temporalio/worker';
import type { Logger } from './log.js';

/** Told of each line, whatever its level. */
type Heard = (message: string, meta: Readonly<Record<string, unknown>>, at: number) => void;

/** The SDK's logger interface on top of ours, so that workflow, activity and core lines end in one file. */
export function sdkLogger(log: Logger, heard?: Heard): SdkLogger {
  const write = (level: LogLevel, message: string, meta?: LogMetadata) => {
    heard?.(message, meta ?? {}, timeOf(meta));
    log[LEVELS[level]](plain(meta), message);
  };
  return {
    log: write,
    trace: (message, meta) => write('TRACE', message, meta),
    debug: (message, meta) => write('DEBUG', message, meta),
    info: (message, meta) => write('INFO', message, meta),
    warn: (message, meta) => write('WARN', message, meta),
    error: (message, meta) => write('ERROR', message, meta),
  };
}

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** When it was said, ms since the epoch: lines are held back for a moment to be put in order. */
function timeOf(meta: LogMetadata | undefined): number {
  const nanos: unknown = meta?.[LogTimestamp];
  return typeof nanos === 'bigint' ? Number(nanos / 1000n) / 1000 : Date.now();
}

/** JSON has no bigint and pino throws on one; core's metadata carries them, and errors. */
function plain(meta: LogMetadata | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(meta ?? {}).map(([key, value]) => [
      key,
      typeof value === 'bigint' ? String(value) : value instanceof Error ? wordsOf(value) : value,
    ]),
  );
}

/** pino writes an Error under any other name than `err` as {}. The causes say what the SDK's own sentence leaves out. */
function wordsOf(error: Error): string {
  const cause = error.cause instanceof Error ? `; ${wordsOf(error.cause)}` : '';
  return `${error.name}: ${error.message}${cause}`;
}
