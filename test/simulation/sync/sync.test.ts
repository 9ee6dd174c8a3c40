import { expect, it } from 'vitest';
import { seeded, seedOf } from '../../support/e2e-random.js';
import { kindOf } from './story.js';
import { play } from './world.js';

const COUNT = 600;

it('keeps the invariants of sync in every story', async () => {
  const first = seedOf(1);
  for (let seed = first; seed < first + COUNT; seed += 1) {
    try {
      await play({ random: seeded(seed), ...kindOf(seed) });
    } catch (error) {
      throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
    }
  }
}, 300_000);

it('tells the same story for the same seed', async () => {
  for (const seed of [7, 77, 777]) {
    const [one, other] = [await play({ random: seeded(seed) }), await play({ random: seeded(seed) })];
    expect(one.lines).toEqual(other.lines);
    expect(one.lines.length).toBeGreaterThan(40);
  }
});
