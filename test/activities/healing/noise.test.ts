// Days of noise just below each limit begin nothing, as many real steps above it are all seen: through the doctor that the product
// has. A plain `> limit` on the same looks is the measure of what that saves.
import { describe, expect, it } from 'vitest';
import { openDoctor, type Pace } from '../../../activities/healing/doctor.js';
import type { AnomalyKind, Reading } from '../../../domain/healing/model.js';
import { isActive, observe, type Watch } from '../../../domain/healing/watch.js';
import { rulesOf } from '../../domain/healing/support/world.js';
import { seeded } from '../../support/e2e-random.js';

const WELL: Reading = { state: 'good', detail: '', value: 0 };
const DAY = 24 * 3_600_000;

interface Metric {
  readonly kind: AnomalyKind;
  readonly subject: string;
  readonly pace: Pace;
  readonly every: number;
  readonly limit: number;
}

const METRICS: readonly Metric[] = [
  { kind: 'memory_warning', subject: 'memory', pace: 'soft', every: 5_000, limit: 70 },
  { kind: 'memory_critical', subject: 'memory', pace: 'soft', every: 5_000, limit: 85 },
  { kind: 'disk_critical', subject: 'disk:/', pace: 'slow', every: 30_000, limit: 90 },
];

/** Times that it begins in a day, and that a plain limit would have fired. */
async function day(
  { kind, subject, pace, every, limit }: Metric,
  seed: number,
  valueAt: (at: number, noise: number) => number,
) {
  const random = seeded(seed);
  const noise = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  let [at, value, begun, naive] = [0, 0, 0, 0];
  let watch: Watch = new Map();
  const refuse = () => Promise.reject(new Error('none'));
  const doctor = openDoctor({
    rules: rulesOf(),
    disks: ['/'],
    now: () => at,
    host: {
      memory: () => Promise.resolve({ memory: { ...WELL, value }, pressure: null, swap: null, load: null }),
      disks: () => Promise.resolve([{ mount: '/', space: value, inodes: null }]),
      probe: refuse,
    },
    providers: { look: () => Promise.resolve({ reading: null, other: false }), switchToBackup: refuse },
    vitals: () => Promise.resolve(WELL),
    integrity: () => Promise.resolve({ ...WELL, paths: [] }),
    integrityOf: () => Promise.resolve({ ...WELL, paths: [] }),
    past: refuse,
  });
  const { signal } = new AbortController();
  for (; at < DAY; at += every) {
    value = valueAt(at, noise());
    naive += value > limit ? 1 : 0;
    const before = isActive(watch, subject, kind);
    watch = observe(watch, await doctor.look(pace, watch, signal), at);
    begun += isActive(watch, subject, kind) && !before ? 1 : 0;
  }
  return { begun, naive };
}

describe.each(METRICS)('$kind, a limit of $limit %', (metric) => {
  const { limit } = metric;

  it.each([1, 2, 3])('begins nothing on a day of noise just below it (seed %i)', async (seed) => {
    const { begun, naive } = await day(metric, seed, (_at, noise) => limit - 2 + 1.5 * noise);
    expect(naive).toBeGreaterThan(100);
    expect(begun).toBe(0);
  });

  it('sees every real step above it, once', async () => {
    const hour = 3_600_000;
    const { begun } = await day(metric, 4, (at, noise) =>
      at % hour < 900_000 ? limit + 6 + 1.5 * noise : limit - 12 + 1.5 * noise,
    );
    expect(begun).toBe(24);
  });
});
