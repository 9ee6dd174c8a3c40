// Memory against a scratch directory that stands in for / (only /proc and /sys/fs/cgroup are read); disks against real mounts.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHost } from '../../../adapters/host/open-host.js';
import type { HostReadings } from '../../../domain/healing/ports.js';
import { mountTmpfs, unmount, WITHOUT_MOUNTS } from '../../faults/support/mounts.js';

const scratch = mkdtempSync(join(tmpdir(), 'nxs-readings-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const GB = 1_000_000_000;
const MEMINFO = lines({ MemTotal: 8_000_000, MemFree: 100_000, MemAvailable: 6_000_000 });

/** /proc/meminfo counts in kB. */
function lines(fields: Readonly<Record<string, number>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${`${name}:`.padEnd(16)}${String(value).padStart(8)} kB\n`)
    .join('');
}

/** A machine whose kernel says just this. */
async function machine(files: Readonly<Record<string, string>>): Promise<HostReadings> {
  const root = mkdtempSync(join(scratch, 'root-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return openHost({ env: {}, root }).memory();
}

function cgroup2(at: string, limit: string, used: number, inactive = 0): Record<string, string> {
  const dir = `sys/fs/cgroup${at}`;
  return {
    [`${dir}/memory.max`]: `${limit}\n`,
    [`${dir}/memory.current`]: `${used}\n`,
    [`${dir}/memory.stat`]: `anon 1\ninactive_file ${inactive}\nactive_file 7\n`,
  };
}

describe('memory', () => {
  it('counts what is available, never what is free', async () => {
    const { memory } = await machine({ 'proc/meminfo': MEMINFO });
    expect(memory).toEqual({ state: 'good', detail: '25 % of 8.2 GB in use', value: 25 });
  });

  it('goes by the limit of the cgroup where that is nearer to its end, and not by what can be given back', async () => {
    const files = {
      'proc/meminfo': MEMINFO,
      'proc/self/cgroup': '0::/app\n',
      ...cgroup2('/app', String(GB), 950_000_000, 50_000_000),
    };
    const { memory } = await machine(files);
    expect(memory).toMatchObject({ state: 'good', value: 90 });
    expect(memory.detail).toBe("90 % of the cgroup's limit of 1 GB in use");
  });

  it('goes by the machine where the cgroup has more room, or no limit', async () => {
    for (const limit of [String(GB), 'max', '0', 'nonsense', '']) {
      const files = {
        'proc/meminfo': MEMINFO,
        'proc/self/cgroup': '0::/app\n',
        ...cgroup2('/app', limit, 10),
      };
      expect((await machine(files)).memory.value, limit).toBe(25);
    }
  });

  it('finds the limit of a group around ours, and the nearest to its end of many', async () => {
    const files = {
      'proc/meminfo': MEMINFO,
      'proc/self/cgroup': '0::/outer/inner\n',
      ...cgroup2('', String(100 * GB), GB),
      ...cgroup2('/outer', String(10 * GB), 8 * GB),
      ...cgroup2('/outer/inner', String(20 * GB), 8 * GB),
    };
    expect((await machine(files)).memory.value).toBe(80);
    const all = { ...files, ...cgroup2('/outer/inner', String(9 * GB), 8 * GB) };
    expect((await machine(all)).memory.value).toBe(88.9);
  });

  it('finds the limit in a container, whose own path is not the one that /proc names', async () => {
    const files = {
      'proc/meminfo': MEMINFO,
      'proc/self/cgroup': '0::/../docker/0123\n',
      ...cgroup2('', String(GB), 600_000_000),
      // Outside of where limits lie.
      ...cgroup2('/../docker/0123', String(GB), 990_000_000),
    };
    expect((await machine(files)).memory.value).toBe(60);
  });

  it('knows the cgroups of before, where a huge number means no limit', async () => {
    const old = (limit: string) => ({
      'proc/meminfo': MEMINFO,
      'proc/self/cgroup': '12:cpu:/other\n4:hugetlb,memory:/app\n0::/\n',
      'sys/fs/cgroup/memory/app/memory.limit_in_bytes': limit,
      'sys/fs/cgroup/memory/app/memory.usage_in_bytes': '700000000\n',
      'sys/fs/cgroup/memory/app/memory.stat': 'inactive_file 1\ntotal_inactive_file 200000000\n',
    });
    expect((await machine(old(String(GB)))).memory.value).toBe(50);
    const none = old('9223372036854771712');
    expect((await machine(none)).memory.value).toBe(25);
    expect((await machine({ ...none, 'proc/meminfo': '' })).memory.state).toBe('unknown');
  });

  it('is unknown, with the reason, where the system does not tell', async () => {
    const unknown = {
      state: 'unknown',
      detail: 'this system does not tell how much memory is available',
      value: null,
    };
    const broken = [
      {},
      { 'proc/meminfo': '' },
      { 'proc/meminfo/sub': 'a directory in its place' },
      { 'proc/meminfo': lines({ MemTotal: 8_000_000, MemFree: 1 }) },
      { 'proc/meminfo': lines({ MemTotal: 0, MemAvailable: 0 }) },
    ];
    for (const files of broken) {
      expect(await machine(files)).toEqual({ memory: unknown, pressure: null, swap: null, load: null });
    }
  });

  it('is known by the cgroup alone', async () => {
    const files = { 'proc/self/cgroup': '0::/app\n', ...cgroup2('/app', String(GB), 500_000_000) };
    expect((await machine(files)).memory).toMatchObject({ state: 'good', value: 50 });
  });

  it('is never less than either of both says', async () => {
    const kb = fc.integer({ min: 1, max: 64_000_000 });
    await fc.assert(
      fc.asyncProperty(
        kb,
        fc.double({ min: 0, max: 1, noNaN: true }),
        kb,
        kb,
        async (total, free, limit, current) => {
          const left = Math.floor(total * free);
          const { memory } = await machine({
            'proc/meminfo': lines({ MemTotal: total, MemAvailable: left }),
            'proc/self/cgroup': '0::/app\n',
            ...cgroup2('/app', String(limit), current),
          });
          const expected = Math.max(1 - left / total, current / limit) * 100;
          expect(memory.state).toBe('good');
          expect(Math.abs((memory.value ?? NaN) - expected)).toBeLessThanOrEqual(0.051 + expected * 1e-9);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the other figures', () => {
  it('are read from the full line of pressure, from swap and from the load of a minute', async () => {
    const figures = await machine({
      'proc/meminfo': MEMINFO + lines({ SwapTotal: 2_000_000, SwapFree: 500_000 }),
      'proc/pressure/memory':
        'some avg10=99.00 avg60=1.00 avg300=1.00 total=1\nfull avg10=12.34 avg60=5.00 avg300=1.00 total=9\n',
      'proc/loadavg': `${4 * availableParallelism()}.00 1.00 1.00 1/234 5678\n`,
    });
    expect(figures).toMatchObject({ pressure: 12.34, swap: 75, load: 4 });
  });

  it('are null one by one: no swap, a kernel without pressure, a line that is torn', async () => {
    const figures = await machine({
      'proc/meminfo': MEMINFO + lines({ SwapTotal: 0, SwapFree: 0 }),
      'proc/pressure/memory': 'some avg10=99.00 avg60=1.00 avg300=1.00 total=1\n',
      'proc/loadavg': '\n',
    });
    expect(figures).toMatchObject({ memory: { value: 25 }, pressure: null, swap: null, load: null });
  });

  it('of this machine are possible', async () => {
    const { memory, pressure, swap, load } = await openHost({ env: {} }).memory();
    expect(['good', 'unknown']).toContain(memory.state);
    if (memory.state === 'good') expect(memory.value).toBeGreaterThan(0);
    for (const percent of [memory.value, pressure, swap]) {
      expect(percent ?? 0).toBeGreaterThanOrEqual(0);
      expect(percent ?? 0).toBeLessThanOrEqual(100);
    }
    expect(load ?? 0).toBeGreaterThanOrEqual(0);
  });
});

describe('disks', () => {
  const host = openHost({ env: {} });
  const [kept, other] = [join(scratch, 'kept'), join(scratch, 'other')];
  let mounted: string[];
  beforeEach(() => {
    mounted = [];
    mkdirSync(kept, { recursive: true });
  });
  afterEach(() => {
    for (const dir of mounted) unmount(dir);
  });

  it('are each there once, however many paths lie on one', async () => {
    mkdirSync(join(kept, 'a/b'), { recursive: true });
    const found = await host.disks([scratch, kept, join(kept, 'a'), join(kept, 'a/b'), scratch]);
    expect(found).toHaveLength(1);
    const [disk] = found;
    if (disk === undefined || 'failure' in disk) throw new Error('it cannot be read');
    expect(scratch.startsWith(disk.mount)).toBe(true);
    expect(disk.space).toBeGreaterThan(0);
    expect(disk.space).toBeLessThanOrEqual(100);
  });

  it('are those that a path will lie on, when it is not there yet', async () => {
    expect(await host.disks([join(kept, 'not/made/yet')])).toEqual(await host.disks([kept]));
  });

  it('are a failure with its reason when they cannot be looked at, and the others are read all the same', async () => {
    const dangling = join(kept, 'dangling');
    symlinkSync(join(kept, 'nowhere'), dangling);
    const long = join(kept, 'x'.repeat(300));
    const found = await host.disks([dangling, long, kept]);
    expect(found.slice(0, 2)).toEqual([
      { mount: dangling, failure: 'it cannot be looked at (ENOENT)' },
      { mount: long, failure: 'it cannot be looked at (ENAMETOOLONG)' },
    ]);
    expect(found).toHaveLength(3);
    expect(found[2]).toHaveProperty('space');
  });

  it('are none for no paths', async () => {
    expect(await host.disks([])).toEqual([]);
  });

  it.skipIf(WITHOUT_MOUNTS !== null)(
    'are told apart, named by their mount point, and counted as they fill (needs root for a small tmpfs)',
    async () => {
      const spaced = join(other, 'with space');
      for (const dir of [other, spaced]) {
        mountTmpfs(dir, '1m');
        mounted.unshift(dir);
      }
      writeFileSync(join(other, 'half'), Buffer.alloc(512 * 1024));
      const found = await host.disks([join(spaced, 'later'), other, kept, spaced]);
      expect(found.map(({ mount }) => mount).slice(0, 2)).toEqual([spaced, other]);
      expect(found).toHaveLength(3);
      expect(found[0]).toMatchObject({ space: 0 });
      expect(found[1]).toMatchObject({ space: 50 });
    },
  );
});
