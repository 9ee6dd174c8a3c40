// The hub's contention for fleets that do not run here: nodes elsewhere, 40 ms away from a hub with two cores.
import { publishPause } from '../../domain/sync/publishing.js';
import { seeded } from '../subjects/words.js';
import type { StepTimes } from './calibrate.js';
import type { HubCost } from '../subjects/http-hub.js';
import { contend, spreadOver, summaryOf, type Contention, type Steps } from './contention.js';

const HUB_CORES = 2;
const LATENCY_MS = 40;
/** Scheduled cycles of all nodes begin within this (workers/schedules.ts: a tenth of 5 minutes). */
export const FIRING_MS = 30_000;
/** Of steady change, this long is looked at. */
const STEADY_MS = 600_000;
const LONGEST_PAUSE_MS = 16_000;

export type Summary = ReturnType<typeof summaryOf>;

/** Steps as they were measured on one machine, parted into what the hub's machine did and what the node's. */
export function stepsOf(times: StepTimes, hub: HubCost): Steps {
  const lost = { own: Math.max(0, times.lost - hub.read), hub: Math.min(times.lost, hub.read) };
  return {
    fetch: { own: Math.max(0, times.fetch - hub.read), hub: Math.min(times.fetch, hub.read) },
    plan: { own: times.plan, hub: 0 },
    lost,
    push: { own: Math.max(lost.own, times.push - hub.push), hub: Math.max(lost.hub, hub.push) },
  };
}

interface Scene {
  readonly publishes: number;
  /** ms in which they begin. */
  readonly within: number;
  readonly steps: Steps;
  readonly pause?: NonNullable<Contention['pause']>;
}

export function elsewhere({ publishes, within, steps, pause }: Scene): Summary {
  const random = seeded(publishes + within);
  const arrivals = spreadOver(publishes, within, random);
  const place = { steps, hubCores: HUB_CORES, latency: LATENCY_MS, onHub: false };
  return summaryOf(contend({ arrivals, random, ...place, ...(pause === undefined ? {} : { pause }) }));
}

/** Every node has a change when its schedule fires. */
export function atFiring(nodes: number, steps: Steps, more: Partial<Scene> = {}): Summary {
  return elsewhere({ publishes: nodes, within: FIRING_MS, steps, ...more });
}

/** Each node changes a file so many times an hour, at any time. */
export function steady(
  nodes: number,
  changesAnHour: number,
  steps: Steps,
  more: Partial<Scene> = {},
): Summary {
  const publishes = Math.max(1, Math.round((nodes * changesAnHour * STEADY_MS) / 3_600_000));
  return elsewhere({ publishes, within: STEADY_MS, steps, ...more });
}

/** Twice as long with every try. */
export function doubling(n: number, random: number): number {
  return Math.min(LONGEST_PAUSE_MS, publishPause(random) * 2 ** (n - 1));
}
