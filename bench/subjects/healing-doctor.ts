// The product's own doctor on a machine that is made up: its rules, its smoothing and its limits are the real ones.
import { openDoctor } from '../../activities/healing/doctor.js';
import { healingSchema } from '../../config/schemas/healing.js';
import type { AnomalyKind, Reading, Subject } from '../../domain/healing/model.js';
import { isActive, observe, type Watch } from '../../domain/healing/watch.js';

/** A metric with a threshold. */
export interface Metric {
  readonly subject: Subject;
  readonly kind: AnomalyKind;
  readonly pace: 'soft' | 'slow';
  /** ms between two looks. */
  readonly every: number;
  /** Percent. */
  readonly limit: number;
}

export interface SimulatedDoctor {
  /** One look at that value; is the anomaly there now? */
  look(value: number): Promise<boolean>;
}

const RULES = healingSchema.parse({}).healing;
const WELL: Reading = { state: 'good', detail: '', value: null };

/** As the defaults of healing.yaml have them; soft metrics every 5 s as in activities/healing/monitor.ts. */
export const METRICS: readonly Metric[] = [
  {
    subject: 'memory',
    kind: 'memory_warning',
    pace: 'soft',
    every: 5_000,
    limit: RULES.thresholds.memory_warning,
  },
  {
    subject: 'memory',
    kind: 'memory_critical',
    pace: 'soft',
    every: 5_000,
    limit: RULES.thresholds.memory_critical,
  },
  {
    subject: 'disk:/',
    kind: 'disk_critical',
    pace: 'slow',
    every: RULES.interval,
    limit: RULES.thresholds.disk_critical,
  },
];

export function openSimulatedDoctor({ subject, kind, pace, every }: Metric): SimulatedDoctor {
  let [now, value] = [0, 0];
  let watch: Watch = new Map();
  const doctor = openDoctor({
    rules: RULES,
    disks: ['/'],
    now: () => now,
    host: {
      memory: () => Promise.resolve({ memory: { ...WELL, value }, pressure: null, swap: null, load: null }),
      disks: () => Promise.resolve([{ mount: '/', space: value, inodes: null }]),
      probe: () => Promise.reject(new Error('no service is configured')),
    },
    providers: {
      look: () => Promise.resolve({ reading: null, other: false }),
      switchToBackup: () => Promise.reject(new Error('no provider is configured')),
    },
    vitals: () => Promise.resolve(WELL),
    integrity: () => Promise.resolve({ ...WELL, paths: [] }),
    integrityOf: () => Promise.resolve({ ...WELL, paths: [] }),
    past: () => Promise.reject(new Error('there is no journal')),
  });
  const { signal } = new AbortController();
  return {
    async look(seen) {
      now += every;
      value = seen;
      watch = observe(watch, await doctor.look(pace, watch, signal), now);
      return isActive(watch, subject, kind);
    },
  };
}
