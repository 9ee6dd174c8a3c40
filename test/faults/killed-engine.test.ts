// The control plane is the real one (support/temporal-e2e.ts); every death is at a seeded random moment.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedOf } from '../support/e2e-random.js';
import { Patient } from './support/killed-plane.js';

const ROUNDS = 3;

describe('kill -9 of Temporal in the middle', () => {
  let patient: Patient;
  beforeAll(async () => {
    patient = await Patient.admit(seedOf(201));
  }, 120_000);
  afterAll(() => patient.dispose());

  it('of a backup: the tree is the old or the new one, and the run ends green by itself', async () => {
    for (let round = 0; round < ROUNDS; round += 1) await patient.backup('temporal');
    expect(patient.tally.old + patient.tally.new).toBe(ROUNDS);
  }, 240_000);

  it('of a restore: every file is the old or the new one, and the restore completes by itself', async () => {
    const before = patient.tally.took.length;
    for (let round = 0; round < ROUNDS; round += 1) await patient.restore('temporal');
    expect(patient.tally.took.length - before).toBe(ROUNDS);
  }, 240_000);
});
