import { pino, type Logger } from 'pino';
import { openRotatingLog } from '../adapters/files/rotating-log.js';

export type { Logger } from 'pino';

// Belt and braces: nobody should log a secret, and these names are cut out if somebody does.
const REDACTED = ['token', 'api_key', 'apiKey', 'password', 'secret', 'authorization'];

/** JSON lines in an owner-only, size-limited file. `name` says which process wrote a line. */
export function openLogger(path: string, name: string): Logger {
  const paths = REDACTED.flatMap((key) => [key, `*.${key}`]);
  return pino(
    { name, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths, censor: '***' } },
    openRotatingLog(path),
  );
}
