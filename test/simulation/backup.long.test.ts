import { expect, it } from 'vitest';
import { seeded, seedOf } from '../support/e2e-random.js';
import { play, type Story } from './world.js';

const SEEDS = 12;

it.each(Array.from({ length: SEEDS }, (_, index) => index))(
  'holds for 250 random steps of seed base + %i',
  async (index) => {
    const story: Story = { steps: [], tally: {} };
    await play(250, seeded(seedOf(90_000) + index), story);
    console.log(JSON.stringify(story.tally));
    expect(story.tally['run']).toBeGreaterThan(30);
  },
  400_000,
);
