// What healing would do and what the doctor sees, for commands: nothing is written, nothing is run, Temporal is not needed.
import { openDoctor, PACES } from '../../activities/healing/doctor.js';
import { foresee, type Foreseen } from '../../activities/healing/plan.js';
import type { HealingPorts } from '../../activities/healing/ports.js';
import type { Config } from '../../config/types.js';
import type { Anomaly, Reading } from '../../domain/healing/model.js';
import { linesOf } from '../../domain/healing/playbook.js';
import { standing } from '../offline.js';
import { readProviders } from '../failover/provider-view.js';
import type { Check } from '../check.js';
import { readReadiness } from '../readiness.js';
import { healingPorts } from './parts.js';

/** Ports that only look. */
function lookingPorts(config: Config): HealingPorts & { close(): void } {
  const nothing = () => Promise.resolve();
  const ports = healingPorts(config, {
    journal: nothing,
    notify: nothing,
    busy: () => Promise.resolve(null),
    stopping: new AbortController().signal,
    client: () => null,
    providers: async () => (await readProviders(config, Date.now(), () => undefined)).view,
    alive: () => undefined,
  });
  return { ...ports, vitals: () => readVitals(config) };
}

async function readVitals(config: Config): Promise<Reading> {
  const front = await readReadiness(config);
  if (front.kind === 'none')
    return { state: 'unknown', detail: 'the control plane does not run here', value: null };
  if (front.kind === 'silent') return { state: 'bad', detail: 'the gateway does not answer', value: null };
  return front.ready
    ? { state: 'good', detail: 'gateway, worker and Temporal answer', value: null }
    : { state: 'bad', detail: `not ready: ${front.failing.join(', ')}`, value: null };
}

export interface Forecast extends Pick<Foreseen, 'skipped'> {
  readonly act: {
    readonly level: number;
    readonly action: string;
    readonly target: string;
    readonly permission: string;
    /** Redacted. */
    readonly commands: readonly string[];
    readonly downtime: string;
    readonly data_loss: string;
  } | null;
  /** ISO; null: nothing holds it. */
  readonly held: { readonly until: string; readonly reason: string } | null;
}

/** Exactly what an incident of that kind would do first, now. */
export async function forecast(config: Config, anomaly: Anomaly): Promise<Forecast> {
  const ports = lookingPorts(config);
  try {
    const seen = await foresee(
      ports,
      await ports.past(),
      { anomaly, tried: [] },
      standing(() => undefined),
    );
    if (seen.kind === 'exhausted') return { act: null, held: null, skipped: seen.skipped };
    const { level, action, target, permission, downtime, dataLoss } = seen.playbook;
    const commands = linesOf(seen.playbook).map((line) => ports.scrub(line));
    const held = seen.held.held
      ? { until: new Date(seen.held.until).toISOString(), reason: seen.held.reason }
      : null;
    const act = { level, action, target, permission, commands, downtime, data_loss: dataLoss };
    return { act, held, skipped: seen.skipped };
  } finally {
    ports.close();
  }
}

/** Metrics and anomalies now: one look at everything, without the patience of the monitor. */
export async function hostChecks(config: Config): Promise<readonly Check[]> {
  const ports = lookingPorts(config);
  try {
    const doctor = openDoctor(ports);
    const { signal } = new AbortController();
    const looks = await Promise.all(PACES.map((pace) => doctor.look(pace, new Map(), signal)));
    const worst = new Map<string, Check>();
    for (const { subject, state, reading } of looks.flat()) {
      const check: Check = { name: `host: ${subject}`, reading: state, detail: ports.scrub(reading.detail) };
      if (RANK[state] > RANK[worst.get(subject)?.reading ?? 'none']) worst.set(subject, check);
    }
    return [...worst.values()];
  } finally {
    ports.close();
  }
}

const RANK = { none: 0, good: 1, unknown: 2, bad: 3 } as const;
