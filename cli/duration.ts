// Durations on the command line, as in the config: 90s, 15m, 24h, 7d.
import { NxsError } from '../domain/errors.js';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** ms of `24h` and the like. Throws NxsError USAGE. */
export function parseDuration(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text.trim());
  const unit = match?.[2] as keyof typeof UNITS | undefined;
  if (match === null || unit === undefined) {
    throw new NxsError(
      'USAGE',
      `${option} "${text}" is not a duration; write for example 90s, 15m, 24h or 7d.`,
    );
  }
  return Number(match[1]) * UNITS[unit];
}

/** `40 s`, `12 min`, `5 h`, `3 d`: in the largest unit that gives a whole number over 0. */
export function ageInWords(ms: number): string {
  if (ms < UNITS.m) return `${Math.floor(ms / UNITS.s)} s`;
  if (ms < UNITS.h) return `${Math.floor(ms / UNITS.m)} min`;
  return ms < UNITS.d ? `${Math.floor(ms / UNITS.h)} h` : `${Math.floor(ms / UNITS.d)} d`;
}
