// Durations on the command line, as in the config: 90s, 15m, 24h, 7d.
import { NxsError } from '../domain/errors.js';
import { parseSpan, UNITS } from '../domain/span.js';

/** ms of `24h` and the like. Throws NxsError USAGE. */
export function parseDuration(text: string, option: string): number {
  const span = parseSpan(text);
  if (span === null) {
    throw new NxsError(
      'USAGE',
      `${option} "${text}" is not a duration; write for example 90s, 15m, 24h or 7d.`,
    );
  }
  return span;
}

/** `40 s`, `12 min`, `5 h`, `3 d`: in the largest unit that gives a whole number over 0. */
export function ageInWords(ms: number): string {
  if (ms < UNITS.m) return `${Math.floor(ms / UNITS.s)} s`;
  if (ms < UNITS.h) return `${Math.floor(ms / UNITS.m)} min`;
  return ms < UNITS.d ? `${Math.floor(ms / UNITS.h)} h` : `${Math.floor(ms / UNITS.d)} d`;
}
