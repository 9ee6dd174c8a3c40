// Chance that repeats itself: a test of frequencies must fail for a reason, or never.
import { seeded } from '../../../support/e2e-random.js';

/** Uniform in [0, 1), the same row for the same seed. */
export function chance(seed: number): () => number {
  const random = seeded(seed);
  return () => random.next();
}
