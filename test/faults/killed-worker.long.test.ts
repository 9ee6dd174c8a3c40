// By the hundred, on one control plane (support/temporal-e2e.ts): what a round leaves behind is what the next one starts from.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedOf } from '../support/e2e-random.js';
import { Patient } from './support/killed-plane.js';

const ROUNDS = 100;

describe('kill -9 of the worker, 100 times each', () => {
  let patient: Patient;
  beforeAll(async () => {
    patient = await Patient.admit(seedOf(1010));
  }, 120_000);
  afterAll(() => patient.dispose());

  it('in a backup', async () => {
    for (let round = 0; round < ROUNDS; round += 1) await patient.backup('worker');
    console.log(JSON.stringify(patient.tally));
    expect(patient.tally.old).toBeGreaterThan(5);
    expect(patient.tally.new).toBeGreaterThan(5);
  }, 3_600_000);

  it('in a restore', async () => {
    for (let round = 0; round < ROUNDS; round += 1) await patient.restore('worker');
    console.log(JSON.stringify(patient.tally));
    expect(patient.tally.took.length).toBe(2 * ROUNDS);
  }, 3_600_000);
});
