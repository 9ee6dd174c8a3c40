// 24 hours of noise around a limit begin nothing; as many real steps above it are all seen. A plain `> limit` on the same looks is
// the measure of what that saves.
import { describe, expect, it } from 'vitest';
import {
  judge,
  meanOf,
  percentLimits,
  within,
  look,
  UNSEEN,
  type Sample,
} from '../../../domain/healing/hysteresis.js';
import { seeded } from '../../support/e2e-random.js';

const RULE = { bad: 3, of: 5, good: 3 };
const EVERY = 5_000;

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Times that it begins, and that a plain limit would have fired. */
function day(limit: number, seed: number, valueAt: (at: number, noise: number) => number) {
  const dice = seeded(seed);
  const random = () => dice.next();
  let samples: readonly Sample[] = [];
  let track = UNSEEN;
  let begun = 0;
  let naive = 0;
  for (let at = 0; at < 24 * 3_600_000; at += EVERY) {
    const value = valueAt(at, gaussian(random));
    naive += value > limit ? 1 : 0;
    samples = within(samples, { at, value }, 60_000);
    const after = look(track, judge(meanOf(samples), percentLimits(limit), track.active), at, RULE);
    begun += after.active && !track.active ? 1 : 0;
    track = after;
  }
  return { begun, naive };
}

describe.each([70, 85])('a limit of %i %%', (limit) => {
  it.each([1, 2, 3])('begins nothing on a day of noise just below it (seed %i)', (seed) => {
    const { begun, naive } = day(limit, seed, (_at, noise) => limit - 2 + 1.5 * noise);
    expect(naive).toBeGreaterThan(300);
    expect(begun).toBe(0);
  });

  it('sees every real step above it, once', () => {
    const hour = 3_600_000;
    const { begun } = day(
      limit,
      4,
      (at, noise) => (at % hour < 600_000 ? limit + 6 : limit - 12) + 1.5 * noise,
    );
    expect(begun).toBe(24);
  });
});
