import { describe, expect, it } from 'vitest';
import { seedOf } from '../support/e2e-random.js';
import { killedBackups, killedRestores } from './support/killed-run.js';

describe('kill -9 of the process at work', () => {
  it('leaves the old or the new tree in the destination, and the next run ends green with no hand', async () => {
    const tally = await killedBackups(8, seedOf(11));
    expect(tally.rounds).toBe(9);
    expect(tally.killed).toBeGreaterThan(2);
  }, 120_000);

  it('leaves each restored file old or new, and the next restore completes it', async () => {
    const tally = await killedRestores(6, seedOf(12));
    expect(tally.rounds).toBe(7);
    expect(tally.killed).toBeGreaterThan(1);
  }, 120_000);
});
