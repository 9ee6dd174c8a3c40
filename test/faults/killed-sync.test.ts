import { expect, it } from 'vitest';
import { seeded, seedOf } from '../support/e2e-random.js';
import { killedCycles } from './support/killed-sync.js';

it('kill -9 of a cycle at any moment loses nothing, and the next ones end equal', async () => {
  const tally = await killedCycles(10, seeded(seedOf(21)));
  expect(tally.rounds).toBe(10);
  expect(tally.killed).toBeGreaterThan(2);
}, 120_000);
