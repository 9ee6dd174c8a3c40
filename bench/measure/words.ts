import { errorMessage } from '../../domain/errors.js';

const LONGEST = 300;

/** What was thrown as one line of a readable length; the message may hold a whole log. */
export function reasonOf(error: unknown): string {
  const line = errorMessage(error)
    .trim()
    .replace(/\s*\n\s*/g, ' | ');
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)} …`;
}

/** Whole minutes and seconds: `2 min 5 s`, `40 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes === 0 ? `${whole} s` : `${minutes} min ${whole % 60} s`;
}
