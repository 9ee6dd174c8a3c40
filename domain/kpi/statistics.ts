// The little statistics that the KPIs need.
import type { Spread } from './model.js';

/** Nearest rank of values in seconds; null: there are none. */
export function spreadOf(seconds: readonly number[]): Spread | null {
  if (seconds.length === 0) return null;
  const sorted = [...seconds].sort((a, b) => a - b);
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: rank(0.5), p95: rank(0.95), max: rank(1) };
}

/** Probability of at most `hits` in `n` independent tries of probability `share` (binomial distribution). */
export function atMost(hits: number, n: number, share: number): number {
  let term = (1 - share) ** n;
  let sum = term;
  for (let k = 1; k <= hits; k += 1) {
    term *= ((n - k + 1) / k) * (share / (1 - share));
    sum += term;
  }
  return Math.min(1, sum);
}

/** Probability of at least `hits`. */
export function atLeast(hits: number, n: number, share: number): number {
  return hits <= 0 ? 1 : Math.max(0, 1 - atMost(hits - 1, n, share));
}
