// The law is worth something only when it notices what is wrong. One seed for all, so that a mutant is caught always or never.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds } from './support/law.js';
import { SHIPPED, type Machine } from './support/machine.js';
import { MUTANTS } from './support/mutants.js';
import { story } from './support/story.js';

const RUNS = 5_000;
const SEED = 20_261_126;

describe('a mutant of the gate is noticed', () => {
  it.each(Object.entries(MUTANTS))('%s', (_name, mutant) => {
    expect(survives(mutant)).toBe(false);
  });
});

it('what is shipped passes the same stories', () => {
  expect(survives(SHIPPED)).toBe(true);
});

function survives(machine: Machine): boolean {
  const law = fc.property(story, (told) => holds(machine, told));
  return !fc.check(law, { numRuns: RUNS, seed: SEED, endOnFailure: true }).failed;
}
