import { expect, it } from 'vitest';
import { seeded, seedOf } from '../support/e2e-random.js';
import { killedCycles } from './support/killed-sync.js';

it('kill -9 of a cycle, a hundred times', async () => {
  for (let seed = seedOf(100); seed < seedOf(100) + 5; seed += 1) {
    const tally = await killedCycles(20, seeded(seed));
    expect(tally.killed).toBeGreaterThan(5);
  }
}, 1_200_000);
