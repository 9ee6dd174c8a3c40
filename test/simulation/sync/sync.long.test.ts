import { it } from 'vitest';
import { seeded, seedOf } from '../../support/e2e-random.js';
import { kindOf } from './story.js';
import { play } from './world.js';

const COUNT = 100_000;

it('keeps the invariants of sync in a hundred thousand stories', async () => {
  const first = seedOf(1_000_000);
  const broken: string[] = [];
  for (let seed = first; seed < first + COUNT; seed += 1) {
    await play({ random: seeded(seed), ...kindOf(seed) }).catch((error: unknown) => {
      broken.push(`seed ${seed}: ${String(error).split('\n', 1)[0] ?? ''}`);
      process.stderr.write(`${broken.at(-1) ?? ''}\n`);
      if (broken.length > 20) throw error;
    });
    if (seed % 1000 === 0) process.stderr.write(`${seed - first} stories, ${broken.length} broken\n`);
  }
  if (broken.length > 0) throw new Error(broken.join('\n'));
}, 7_200_000);
