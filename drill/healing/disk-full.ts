// A disk over its limit. To fill somebody's disk is not safe, so the limit is put below what is really in use: the reading is real. What
// the product may remove is only what is old and in a cache, and it may not call a disk well that is not.
import { existsSync } from 'node:fs';
import { mkdir, statfs, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findingOf } from '../finding.js';
import type { Finding, Plane, Scenario } from '../scenario.js';
import { countedCommand } from './command.js';
import { inconclusive, lookFor, stays } from './look.js';
import { LIMITS, steady, type HealingSetting } from './setting.js';
import { comes, storyOf, timesOf } from './story.js';

const WITHIN = 30_000;
/** ms that a file has to be left alone before it counts as old. */
const OLD = 8_000;
/** ms in which a wrong word would have come: what is well for 2 s is called healed. */
const CLAIMS_WITHIN = 4_000;

const isDisk = (data: Readonly<Record<string, unknown>>) => data['kind'] === 'disk_critical';

interface Cache {
  readonly dir: string;
  readonly old: readonly string[];
  readonly kept: readonly string[];
}

export const diskFull: Scenario<HealingSetting> = {
  name: 'disk-full',
  hypothesis: `When a disk is over its limit, old files of the caches are removed within ${WITHIN / 1000} s, young, protected and linked ones are not, and the disk is not called well while it is over the limit.`,
  steady,
  async play(setting) {
    const use = await inUse(setting.kit.dir);
    const limit = Math.floor(use / 2);
    if (limit < 1)
      return inconclusive(`only ${use.toFixed(1)} % of the disk are in use: no limit fits below`);
    const cache = await fillCache(setting.kit.dir);
    const plane = await openDisk(setting, cache, limit);
    try {
      return await watch(plane, cache, limit);
    } finally {
      await plane.stop();
    }
  },
};

async function openDisk({ kit, plane }: HealingSetting, cache: Cache, limit: number): Promise<Plane> {
  const says = await countedCommand(kit, 'clear-caches', []);
  const healing = {
    interval: '5s',
    thresholds: { memory_warning: 97, memory_critical: 99, disk_critical: limit },
    caches: { paths: [cache.dir], older_than: `${OLD}ms`, protect: ['huggingface'] },
    ...(kit.broken ? { levels: { 1: { run: [...says.argv] } } } : {}),
    limits: LIMITS,
  };
  return kit.plane({
    node: 'disk',
    config: { 'healing.yaml': { healing } },
    files: { 'MEMORY.md': '# Memory\n' },
    temporal: await plane.temporal(),
  });
}

async function watch(plane: Plane, cache: Cache, limit: number): Promise<Finding> {
  const fault = Date.now();
  const use = await inUse(plane.stateDir);
  const young = join(cache.dir, 'in-use.bin');
  const cleared = await lookFor(WITHIN, async () => {
    // Somebody works with it.
    await writeFile(young, String(Date.now()));
    return cache.old.every((file) => !existsSync(file));
  });
  const verified = cleared === null ? null : Date.now();
  const lost = [...cache.kept, young].filter((file) => !existsSync(file));
  const notHealed = await stays(CLAIMS_WITHIN, async () => {
    const ended = await comes(plane, isDisk, 0, 0, ['healing.finished']);
    return ended === null;
  });
  const still = await inUse(plane.stateDir);
  const story = await storyOf(plane, isDisk, 0);
  const ids = (await plane.journal(['healing.detected'])).map(({ data }) => String(data['incident']));
  return findingOf({
    proof:
      use > limit
        ? `${use.toFixed(1)} % of the disk are in use, read by us; the limit was put to ${String(limit)} % for this`
        : null,
    broken: [
      story.id === null && 'nobody noticed',
      cleared === null && `old cache files are still there, ${WITHIN / 1000} s later`,
      lost.length > 0 && `files are gone that had to stay: ${lost.join(', ')}`,
      !notHealed && still > limit && 'the disk was called well while it is over its limit',
    ],
    seen: `${cache.old.length} old cache files are gone, ${cache.kept.length + 1} others stayed, and the disk was not called well (the limit was lowered, the reading is real)`,
    times: timesOf(story, fault, verified),
    incidents: ids,
  });
}

async function fillCache(dir: string): Promise<Cache> {
  const cache = join(dir, 'cache');
  const outside = join(dir, 'outside', 'precious.bin');
  const old = ['a.bin', 'deep/b.bin', 'deep/er/c.bin'].map((name) => join(cache, name));
  const protectedFile = join(cache, 'huggingface', 'model.bin');
  for (const file of [...old, protectedFile, outside]) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, Buffer.alloc(10_000, 1));
  }
  await symlink(dirname(outside), join(cache, 'link'));
  return { dir: cache, old, kept: [protectedFile, outside] };
}

/** Percent, as df counts. */
async function inUse(path: string): Promise<number> {
  const { blocks, bfree, bavail } = await statfs(path);
  return (100 * (blocks - bfree)) / Math.max(1, blocks - bfree + bavail);
}
