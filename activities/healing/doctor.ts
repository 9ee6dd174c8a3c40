// One look at everything, or at one subject. What a look means is decided in domain/healing; here is only where it comes from.
import {
  judge,
  meanOf,
  percentLimits,
  within,
  type Rule,
  type Sample,
} from '../../domain/healing/hysteresis.js';
import { crashLoop, NEVER_SEEN, noteInstance, type Instances } from '../../domain/healing/instances.js';
import { targetOf, type Anomaly, type AnomalyKind, type Reading } from '../../domain/healing/model.js';
import type { HostReadings, Probe } from '../../domain/healing/ports.js';
import { isActive, type Observation, type Watch } from '../../domain/healing/watch.js';
import type { CancelSignal } from '../../domain/backup/ports.js';
import type { HealingPorts } from './ports.js';

/** Hard-down probes come every 2 s, soft metrics every 5 s, slow checks at `interval`. */
export type Pace = 'hard' | 'soft' | 'slow';

/** ms: a soft metric is judged by the mean of so long. */
const SMOOTH_OVER = 60_000;

const GONE: Reading = { state: 'good', detail: 'it is not there any more', value: null };

const RULES = {
  hard: { bad: 2, of: 3, good: 2 },
  soft: { bad: 3, of: 5, good: 3 },
  slow: { bad: 2, of: 3, good: 2 },
  /** 30 s of looks every 5 s. */
  system: { bad: 6, of: 6, good: 2 },
  /** Damage is looked at twice before it is told. */
  data: { bad: 1, of: 1, good: 1 },
} as const satisfies Readonly<Record<string, Rule>>;

type Looks = Pick<
  HealingPorts,
  'host' | 'rules' | 'disks' | 'providers' | 'vitals' | 'integrity' | 'integrityOf' | 'now'
>;

export interface Doctor {
  look(pace: Pace, watch: Watch, signal: CancelSignal): Promise<readonly Observation[]>;
}

/** Keeps count of restarts for as long as it lives. */
export function openDoctor(ports: Looks): Doctor {
  const instances = new Map<string, Instances>();
  const watched = (subject: string, kind: AnomalyKind, probe: Probe) => async (signal: CancelSignal) => {
    const reading = await ports.host.probe(probe, signal);
    const seen = noteInstance(instances.get(subject) ?? NEVER_SEEN, reading.instance, ports.now());
    instances.set(subject, seen);
    const loop = reading.state === 'good' ? crashLoop(seen) : null;
    const told = loop === null ? reading : { ...reading, state: 'bad' as const, detail: loop };
    return [{ subject, kind, state: told.state, reading: told, rule: RULES.hard }];
  };
  const smooth = smoothMemory(() => ports.now());
  const { services, extensions } = ports.rules;
  const hard = [
    ...services.map(({ name, probe }) => watched(`service:${name}`, 'service_down', probe)),
    ...extensions.map(({ name, probe }) => watched(`extension:${name}`, 'extension_crash', probe)),
  ];
  const looks: Readonly<Record<Pace, (watch: Watch, signal: CancelSignal) => readonly Promise<Observed>[]>> =
    {
      hard: (_watch, signal) => hard.map((each) => each(signal)),
      soft: (watch) => [memory(ports, watch, smooth), providers(ports), system(ports)],
      slow: (watch, signal) => [disks(ports, watch), data(ports, signal)],
    };
  return {
    async look(pace, watch, signal) {
      const seen = (await Promise.all(looks[pace](watch, signal))).flat();
      return [...seen, ...goneFrom(watch, KINDS[pace], seen)];
    },
  };
}

type Observed = readonly Observation[];

const KINDS: Readonly<Record<Pace, readonly AnomalyKind[]>> = {
  hard: ['service_down', 'extension_crash'],
  soft: ['memory_warning', 'memory_critical', 'provider_failure', 'unresponsive'],
  slow: ['disk_critical', 'data_corruption'],
};

/** What was wrong and is not there any more (a service that was taken out, a disk that was unmounted) is wrong no more. */
function goneFrom(watch: Watch, kinds: readonly AnomalyKind[], seen: Observed): Observed {
  return [...watch.values()].flatMap(({ subject, kind, track }) => {
    const isSeen = seen.some((each) => each.subject === subject && each.kind === kind);
    if (!track.active || isSeen || !kinds.includes(kind)) return [];
    return [{ subject, kind, state: GONE.state, reading: GONE, rule: RULES.hard }];
  });
}

/** Mean of the last samples; the host's own words go with it. */
function smoothMemory(now: () => number): (reading: Reading) => Reading {
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

async function memory(
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

async function disks({ host, disks: paths, rules }: Looks, watch: Watch): Promise<readonly Observation[]> {
  const limit = rules.thresholds.disk_critical;
  return (await host.disks(paths)).map((each) => {
    const subject = `disk:${each.mount}`;
    if ('failure' in each) {
      const reading: Reading = { state: 'unknown', detail: each.failure, value: null };
      return { subject, kind: 'disk_critical', state: 'unknown', reading, rule: RULES.slow };
    }
    const inodes = each.inodes ?? 0;
    const value = Math.max(each.space, inodes);
    const what = inodes > each.space ? 'inodes' : 'space';
    const reading: Reading = {
      state: 'good',
      detail: `${round(value)} % of the ${what} of ${each.mount} in use`,
      value,
    };
    return measured(subject, 'disk_critical', reading, limit, watch, RULES.slow);
  });
}

async function providers({ providers: port }: Looks): Promise<readonly Observation[]> {
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

async function system({ vitals }: Looks): Promise<readonly Observation[]> {
  const reading = await vitals();
  return [{ subject: 'system', kind: 'unresponsive', state: reading.state, reading, rule: RULES.system }];
}

async function data({ integrity }: Looks, signal: CancelSignal): Promise<readonly Observation[]> {
  const { paths, ...reading } = await integrity(signal);
  return [
    { subject: 'data', kind: 'data_corruption', state: reading.state, reading, rule: RULES.data, paths },
  ];
}

/** One look at the subject of an anomaly, with the limit at which it counts as well again. */
export async function lookAt(
  ports: Looks,
  { subject, kind, paths }: Anomaly,
  signal: CancelSignal,
): Promise<Reading> {
  const active: Watch = new Map([
    [
      `${subject} ${kind}`,
      {
        subject,
        kind,
        track: { recent: [], active: true, since: 0, blindSince: null },
        reading: { state: 'bad', detail: '', value: null },
        detected: 0,
        paths,
      },
    ],
  ]);
  const found = await pick(ports, { subject, kind, paths }, active, signal);
  if (found === undefined) return GONE;
  return { ...found.reading, state: found.state };
}

async function pick(
  ports: Looks,
  { subject, kind, paths }: Pick<Anomaly, 'subject' | 'kind' | 'paths'>,
  active: Watch,
  signal: CancelSignal,
): Promise<Observation | undefined> {
  const find = (all: readonly Observation[]) =>
    all.find((each) => each.subject === subject && each.kind === kind);
  const { services, extensions } = ports.rules;
  switch (kind) {
    case 'service_down':
    case 'extension_crash': {
      const list = kind === 'service_down' ? services : extensions;
      const rules = list.find(({ name }) => name === targetOf(subject));
      if (rules === undefined) return undefined;
      const reading = await ports.host.probe(rules.probe, signal);
      return { subject, kind, state: reading.state, reading, rule: RULES.hard };
    }
    case 'memory_warning':
    case 'memory_critical':
      return find(await memory(ports, active));
    case 'disk_critical':
      return find(await disks(ports, active));
    case 'provider_failure':
      return find(await providers(ports));
    case 'unresponsive':
      return find(await system(ports));
    case 'data_corruption': {
      const { paths: _still, ...reading } = await ports.integrityOf(paths);
      return { subject, kind, state: reading.state, reading, rule: RULES.data };
    }
  }
}

function round(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}
