// Ten minutes of random faults at random moments under load. NXS_TEST_SOAK_MS changes the length, NXS_TEST_SOAK_SEED repeats one.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../support/until.js';
import { seeded } from './soak-support/random.js';
import { heapMb, openFiles } from './soak-support/resources.js';
import { openWorld, type World } from './soak-support/world.js';

const LENGTH_MS = Number(process.env['NXS_TEST_SOAK_MS'] ?? 600_000);
const SEED = Number(process.env['NXS_TEST_SOAK_SEED'] ?? Date.now() % 2 ** 32);
/** What code, caches and histograms take until everything has happened once. */
const WARM_MS = Math.min(60_000, LENGTH_MS / 4);
const HEAP_MB = 10;
const FILES = 10;

let worlds: readonly World[];

beforeAll(async () => {
  const random = seeded(SEED);
  worlds = await Promise.all((['error', 'continue'] as const).map((mode) => openWorld(mode, random)));
});

afterAll(() => Promise.all(worlds.map((world) => world.close())));

it(
  'no wrong answer, and no leak of sockets or memory',
  async () => {
    await trouble(WARM_MS);
    const before = await resources();
    await trouble(LENGTH_MS - WARM_MS);
    const after = await resources();
    const story = { seed: SEED, before, after, counts: worlds.map(({ counts }) => counts) };
    process.stderr.write(`soak: ${JSON.stringify(story)}\n`);
    expect({ seed: SEED, wrong: worlds.flatMap(({ wrong }) => wrong) }).toEqual({ seed: SEED, wrong: [] });
    for (const { counts } of worlds) {
      expect(counts.answered).toBeGreaterThan(LENGTH_MS / 1000);
      expect(counts.errors).toBeGreaterThan(0);
    }
    expect(after.heap - before.heap).toBeLessThan(HEAP_MB);
    expect((after.files ?? 0) - (before.files ?? 0)).toBeLessThanOrEqual(FILES);
  },
  LENGTH_MS + 300_000,
);

it('the first provider takes over again by itself', async () => {
  for (const world of worlds) {
    await until(async () => {
      const heard = await world.calm();
      return heard.outcome === 'answered' && heard.model === 'primary';
    });
  }
});

function trouble(ms: number): Promise<unknown> {
  return Promise.all(worlds.map((world) => world.run(AbortSignal.timeout(ms))));
}

/** Once no call is under way and idle connections are closed; one that never carried a request stays for a minute. */
async function resources(): Promise<{ readonly heap: number; readonly files: number | null }> {
  await until(() => worlds.every((world) => world.connections() <= 2), 120_000);
  return { heap: heapMb(), files: openFiles() };
}
