// One look at everything, or at one subject. What a look means is decided in domain/healing; here is only where it comes from.
import { crashLoop, NEVER_SEEN, noteInstance, type Instances } from '../../domain/healing/instances.js';
import { type Anomaly, type AnomalyKind, type Reading } from '../../domain/healing/model.js';
import { isBeingRestarted } from '../../domain/healing/past.js';
import type { ExtensionRules, ServiceRules } from '../../domain/healing/rules.js';
import { resumed, type Observation, type Watch } from '../../domain/healing/watch.js';
import type { CancelSignal } from '../../domain/backup/ports.js';
import {
  data,
  disks,
  memory,
  providers,
  RULES,
  smoothDisks,
  smoothMemory,
  system,
  type Looks,
} from './readings.js';

/** Hard-down probes come every 2 s, soft metrics every 5 s, our own processes every 10 s, slow checks at `interval`. */
export const PACES = ['hard', 'soft', 'vital', 'slow'] as const;
export type Pace = (typeof PACES)[number];

type Probed = ServiceRules | ExtensionRules;

const GONE: Reading = { state: 'good', detail: 'it is not there any more', value: null };

export interface Doctor {
  look(pace: Pace, watch: Watch, signal: CancelSignal): Promise<readonly Observation[]>;
  /** One look at the subject of an anomaly, with the limit at which it counts as well again. */
  lookAt(anomaly: Anomaly, signal: CancelSignal): Promise<Reading>;
}

/** Keeps count of restarts for as long as it lives. */
export function openDoctor(ports: Looks): Doctor {
  const instances = new Map<string, Instances>();
  const { services, extensions } = ports.rules;
  const probes = new Map<string, { readonly kind: AnomalyKind; readonly rules: Probed }>([
    ...services.map((rules) => [`service:${rules.name}`, { kind: 'service_down', rules }] as const),
    ...extensions.map((rules) => [`extension:${rules.name}`, { kind: 'extension_crash', rules }] as const),
  ]);
  const probed = async (subject: string, signal: CancelSignal): Promise<Observed> => {
    const named = probes.get(subject);
    if (named === undefined) return [];
    const reading = await ports.host.probe(named.rules.probe, signal);
    const seen = noteInstance(instances.get(subject) ?? NEVER_SEEN, reading.instance, ports.now());
    instances.set(subject, seen);
    const loop = reading.state === 'good' ? crashLoop(seen) : null;
    const found = loop === null ? reading : { ...reading, state: 'bad' as const, detail: loop };
    const told = found.state === 'bad' ? await unlessRestarted(named.rules, found) : found;
    return [{ subject, kind: named.kind, state: told.state, reading: told, rule: RULES.hard }];
  };
  // The journal is asked only while something looks dead.
  const unlessRestarted = async (rules: Probed, reading: Reading): Promise<Reading> => {
    const { acts } = await ports.past();
    if (!isBeingRestarted(acts, rules, ports.now())) return reading;
    return { ...reading, state: 'unknown', detail: `it is being restarted (${reading.detail})` };
  };
  const smooth = smoothMemory(() => ports.now());
  const smoothDisk = smoothDisks(() => ports.now());
  const looks: Readonly<Record<Pace, (watch: Watch, signal: CancelSignal) => readonly Promise<Observed>[]>> =
    {
      hard: (_watch, signal) => [...probes.keys()].map((subject) => probed(subject, signal)),
      soft: (watch) => [memory(ports, watch, smooth), providers(ports)],
      vital: () => [system(ports)],
      slow: (watch, signal) => [disks(ports, watch, smoothDisk), data(ports, watch, signal)],
    };
  return {
    async look(pace, watch, signal) {
      const seen = (await Promise.all(looks[pace](watch, signal))).flat();
      return [...seen, ...goneFrom(watch, KINDS[pace], seen)];
    },
    async lookAt(anomaly, signal) {
      const { subject, kind, paths } = anomaly;
      const watch = resumed([anomaly]);
      if (kind === 'data_corruption') return ports.integrityOf(paths);
      const seen =
        kind === 'service_down' || kind === 'extension_crash'
          ? await probed(subject, signal)
          : await ONE_LOOK[kind](ports, watch);
      const all = [...seen, ...goneFrom(watch, [kind], seen)];
      const found = all.find((each) => each.subject === subject && each.kind === kind);
      return found === undefined ? GONE : { ...found.reading, state: found.state };
    },
  };
}

type Observed = readonly Observation[];

type Looked = 'service_down' | 'extension_crash' | 'data_corruption';

const ONE_LOOK: Readonly<
  Record<Exclude<AnomalyKind, Looked>, (ports: Looks, watch: Watch) => Promise<Observed>>
> = {
  memory_warning: (ports, watch) => memory(ports, watch),
  memory_critical: (ports, watch) => memory(ports, watch),
  disk_critical: (ports, watch) => disks(ports, watch),
  provider_failure: (ports) => providers(ports),
  unresponsive: (ports) => system(ports),
};

const KINDS: Readonly<Record<Pace, readonly AnomalyKind[]>> = {
  hard: ['service_down', 'extension_crash'],
  soft: ['memory_warning', 'memory_critical', 'provider_failure'],
  vital: ['unresponsive'],
  slow: ['disk_critical', 'data_corruption'],
};

/**
 * What was wrong and is not there any more (a service that was taken out, a disk that was unmounted) is wrong no more. But a disk that
 * does not answer does not say its name either, so while one of them is silent none is gone.
 */
function goneFrom(watch: Watch, kinds: readonly AnomalyKind[], seen: Observed): Observed {
  return [...watch.values()].flatMap(({ subject, kind, track }) => {
    const isSeen = seen.some((each) => each.subject === subject && each.kind === kind);
    if (!track.active || isSeen || !kinds.includes(kind)) return [];
    const silent =
      kind === 'disk_critical'
        ? seen.find((each) => each.kind === kind && each.state === 'unknown')
        : undefined;
    const reading = silent?.reading ?? GONE;
    return [{ subject, kind, state: reading.state, reading, rule: RULES.hard }];
  });
}
