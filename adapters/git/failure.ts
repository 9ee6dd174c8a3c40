// Git speaks to people on stderr. Here its sentences become our error codes; the sentence itself is kept.
import { NxsError } from '../../domain/errors.js';

const FULL = /No space left|disk quota exceeded|write error|File too large|out of diskspace/i;
const FORBIDDEN =
  /Permission denied|Read-only file system|Operation not permitted|insufficient permission|unable to create|could not write|unable to write/i;

/** The machine's trouble, not the store's: it says nothing about what is stored. */
const EXHAUSTED =
  /out of memory|Cannot allocate memory|Resource temporarily unavailable|Too many open files|cannot fork|unable to create thread/i;

/** The last telling line of git's stderr, without its prefix. */
export function gitSentence(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.findLast((line) => /^(fatal|error):/.test(line)) ?? lines.at(-1) ?? '';
  return telling.replace(/^(fatal|error): /, '').slice(0, 300);
}

/** NxsError for a git command that failed at `where` (a place for a person). */
export function gitFailure(where: string, stderr: string, outcome: string): NxsError {
  const sentence = gitSentence(stderr) || `git ended with ${outcome}`;
  if (FULL.test(stderr)) {
    return new NxsError('DESTINATION_UNWRITABLE', `No space left at ${where}: ${sentence}.`);
  }
  if (FORBIDDEN.test(stderr)) {
    return new NxsError('DESTINATION_UNWRITABLE', `${where} cannot be written: ${sentence}.`);
  }
  if (EXHAUSTED.test(stderr)) {
    return new NxsError('ACTIVITY_FAILED', `git could not work at ${where}: ${sentence}.`);
  }
  return new NxsError('DESTINATION_UNREADABLE', `git failed at ${where}: ${sentence}.`);
}

/** The same for a file system error of our own calls. */
export function storeFailure(where: string, error: unknown): NxsError {
  if (error instanceof NxsError) return error;
  return gitFailure(where, error instanceof Error ? error.message : String(error), 'an error');
}
