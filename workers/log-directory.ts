import { join } from 'node:path';

/** Where all processes of a node log: a file each, `NAME.log`, and its rotated ones. */
export function logDirectory(stateDir: string): string {
  return join(stateDir, 'logs');
}
