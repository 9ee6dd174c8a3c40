const FIRST_MS = 250;
const LONGEST_MS = 30_000;
const STEADY_MS = 60_000;

/**
 * Milliseconds to wait before a child is started again: doubled from 250 ms to 30 s, and back to 250 ms for
 * a child that had been up for a minute. `previous` null: it never died before.
 */
export function restartDelay(previous: number | null, uptime: number): number {
  if (previous === null || uptime >= STEADY_MS) return FIRST_MS;
  return Math.min(previous * 2, LONGEST_MS);
}
