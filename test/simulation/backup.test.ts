import { expect, it } from 'vitest';
import { seeded, seedOf } from '../support/e2e-random.js';
import { play, type Story } from './world.js';

it('never says green of what git cannot give out, heals in the same run, restores exactly: 200 random steps', async () => {
  const story: Story = { steps: [], tally: {} };
  await play(200, seeded(seedOf(2026)), story);
  expect(story.steps.length).toBeGreaterThanOrEqual(150);
  expect(story.tally['run']).toBeGreaterThan(25);
  expect(story.tally['damage']).toBeGreaterThan(8);
}, 180_000);
