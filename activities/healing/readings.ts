// What can be looked at, one by one: a reading, and what it counts as. Rules of m of n stand here, beside what they are for.
import {
  judge,
  meanOf,
  percentLimits,
  within,
  type Rule,
  type Sample,
} from '../../domain/healing/hysteresis.js';
import type { AnomalyKind, Reading } from '../../domain/healing/model.js';
import type { HostReadings } from '../../domain/healing/ports.js';
import { isActive, pathsOf, type Observation, type Watch } from '../../domain/healing/watch.js';
import type { CancelSignal } from '../../domain/backup/ports.js';
import type { HealingPorts } from './ports.js';

/** ms: a soft metric is judged by the mean of so long. */
const SMOOTH_OVER = 60_000;
const DISK_SMOOTH_OVER = 300_000;
/** Points above the limit that are no noise. */
const JUMP = 3;

export const RULES = {
  hard: { bad: 2, of: 3, good: 2 },
  soft: { bad: 3, of: 5, good: 3 },
  slow: { bad: 2, of: 3, good: 2 },
  /** 30 s of looks every 10 s. */
  system: { bad: 3, of: 3, good: 2 },
  /** Damage is looked at twice before it is told. */
  data: { bad: 1, of: 1, good: 1 },
} as const satisfies Readonly<Record<string, Rule>>;

export type Looks = Pick<
  HealingPorts,
  'host' | 'rules' | 'disks' | 'providers' | 'vitals' | 'integrity' | 'integrityOf' | 'past' | 'now'
>;

/** Mean of the last samples; the host's own words go with it. */
export function smoothMemory(now: () => number): (reading: Reading) => Reading {
  let samples: readonly Sample[] = [];
  return (reading) => {
    if (reading.state !== 'good' || reading.value === null) return reading;
    samples = within(samples, { at: now(), value: reading.value }, SMOOTH_OVER);
    const value = meanOf(samples);
    return {
      ...reading,
      value,
      detail: samples.length < 2 ? reading.detail : `${reading.detail}, ${round(value)} % on average`,
    };
  };
}

export async function memory(
  { host, rules }: Looks,
  watch: Watch,
  smooth: (reading: Reading) => Reading = (reading) => reading,
): Promise<readonly Observation[]> {
  const { memory: now, ...others } = await host.memory();
  const seen = smooth(now);
  const reading = { ...seen, detail: [seen.detail, ...wordsOf(others)].join('; ') };
  const { memory_warning: warning, memory_critical: critical } = rules.thresholds;
  return [percent('memory', 'memory_warning', warning), percent('memory', 'memory_critical', critical)];

  function percent(subject: string, kind: AnomalyKind, enter: number): Observation {
    return measured(subject, kind, reading, enter, watch, RULES.soft);
  }
}

function wordsOf({ pressure, swap, load }: Omit<HostReadings, 'memory'>): readonly string[] {
  return [
    ...(pressure === null ? [] : [`pressure ${round(pressure)} %`]),
    ...(swap === null ? [] : [`swap ${round(swap)} %`]),
    ...(load === null ? [] : [`load ${String(load)} per CPU`]),
  ];
}

/** A measured percentage against its limit. */
function measured(
  subject: string,
  kind: AnomalyKind,
  reading: Reading,
  enter: number,
  watch: Watch,
  rule: Rule,
): Observation {
  const { value, state } = reading;
  const judged =
    state !== 'good' || value === null
      ? ('unknown' as const)
      : judge(value, percentLimits(enter), isActive(watch, subject, kind));
  return { subject, kind, state: judged, reading, rule };
}

/** A disk near its limit is judged by its mean; one that is well above it at once. */
export function smoothDisks(now: () => number): (mount: string, value: number, limit: number) => number {
  const samples = new Map<string, readonly Sample[]>();
  return (mount, value, limit) => {
    const kept = within(samples.get(mount) ?? [], { at: now(), value }, DISK_SMOOTH_OVER);
    samples.set(mount, kept);
    return value > limit + JUMP ? value : meanOf(kept);
  };
}

export async function disks(
  { host, disks: paths, rules }: Looks,
  watch: Watch,
  smooth: (mount: string, value: number, limit: number) => number = (_mount, value) => value,
): Promise<readonly Observation[]> {
  const limit = rules.thresholds.disk_critical;
  return (await host.disks(paths)).map((each) => {
    const subject = `disk:${each.mount}`;
    if ('failure' in each) {
      const reading: Reading = { state: 'unknown', detail: each.failure, value: null };
      return { subject, kind: 'disk_critical', state: 'unknown', reading, rule: RULES.slow };
    }
    const inodes = each.inodes ?? 0;
    const now = Math.max(each.space, inodes);
    const value = smooth(each.mount, now, limit);
    const what = inodes > each.space ? 'inodes' : 'space';
    const reading: Reading = {
      state: 'good',
      detail: `${round(now)} % of the ${what} of ${each.mount} in use`,
      value,
    };
    return measured(subject, 'disk_critical', reading, limit, watch, RULES.slow);
  });
}

export async function providers({ providers: port }: Looks): Promise<readonly Observation[]> {
  const reading = await port.look().then(
    (look) => look.reading,
    (): Reading => ({
      state: 'unknown',
      detail: 'the gateway does not say how its providers are',
      value: null,
    }),
  );
  if (reading === null) return [];
  return [
    { subject: 'providers', kind: 'provider_failure', state: reading.state, reading, rule: RULES.soft },
  ];
}

export async function system({ vitals }: Looks): Promise<readonly Observation[]> {
  const reading = await vitals();
  return [{ subject: 'system', kind: 'unresponsive', state: reading.state, reading, rule: RULES.system }];
}

/** The next share of all files, and those again that were damaged before: one look never sees everything. */
export async function data(
  { integrity, integrityOf }: Looks,
  watch: Watch,
  signal: CancelSignal,
): Promise<readonly Observation[]> {
  const known = pathsOf(watch, 'data', 'data_corruption');
  const share = await integrity(signal);
  const before = known.length === 0 ? null : await integrityOf(known);
  const seen = [before, share].filter((each) => each !== null);
  const bad = seen.filter(({ state }) => state === 'bad');
  const { paths: _shared, ...reading } = bad[0] ?? share;
  const paths = [...new Set(bad.flatMap((each) => each.paths))];
  return [
    { subject: 'data', kind: 'data_corruption', state: reading.state, reading, rule: RULES.data, paths },
  ];
}

function round(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}
