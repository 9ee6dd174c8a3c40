import { describe, expect, it } from 'vitest';
import { seedOf } from '../support/e2e-random.js';
import { killedBackups, killedRestores } from './support/killed-run.js';

const ROUNDS = 120;

describe('kill -9 of the process at work, by the hundred', () => {
  it('never leaves anything but the old or the new tree', async () => {
    const tally = await killedBackups(ROUNDS, seedOf(4_711));
    console.log('backups', JSON.stringify(tally));
    expect(tally.killed).toBeGreaterThanOrEqual(80);
    expect(tally.old).toBeGreaterThan(10);
    expect(tally.new).toBeGreaterThan(3);
  }, 900_000);

  it('never leaves a file that is neither the old nor the new one', async () => {
    const tally = await killedRestores(ROUNDS, seedOf(4_712));
    console.log('restores', JSON.stringify(tally));
    expect(tally.killed).toBeGreaterThanOrEqual(80);
    expect(tally.half).toBeGreaterThan(5);
  }, 900_000);
});
