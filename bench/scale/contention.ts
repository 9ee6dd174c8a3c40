// Many nodes publish to one hub, each by a compare-and-swap of its branch: fetch, plan, push, and from the start again when another
// one was first. The pauses and the number of tries are the product's own functions; how long a step takes is measured on real git
// (calibrate.ts). No real time passes.
import { PUBLISH_TRIES, publishPause } from '../../domain/sync/publishing.js';
import { sharedCores } from './shared-cores.js';

/** ms of a core. `own` on the node, `hub` on the hub's machine. */
export interface Step {
  readonly own: number;
  readonly hub: number;
}

export interface Steps {
  readonly fetch: Step;
  /** Merge and commit, between fetch and push. */
  readonly plan: Step;
  /** A push up to the moment in which it hears that the branch has moved. */
  readonly lost: Step;
  /** A push up to the moment in which the branch moves. */
  readonly push: Step;
}

export interface Contention {
  /** When each publish begins, ms. */
  readonly arrivals: readonly number[];
  readonly steps: Steps;
  readonly hubCores: number;
  /** ms there and back for each step; 0: next door. */
  readonly latency: number;
  /** All nodes run on the hub's machine, as where this was calibrated. */
  readonly onHub: boolean;
  /** In [0, 1). */
  readonly random: () => number;
  /** ms before try `n` + 1; left out: the product's own. */
  readonly pause?: (n: number, random: number) => number;
}

export interface Outcome {
  /** Tries that each publish took, those that gave up among them. */
  readonly tries: readonly number[];
  /** ms from its arrival until the hub had it, of those that got there. */
  readonly waits: readonly number[];
  readonly gaveUp: number;
  /** Share of the hub's core time in use while anything was going on. */
  readonly busy: number;
}

/** Runs all publishes to their end: published, or given up after the product's number of tries. */
export function contend(input: Contention): Outcome {
  const { arrivals, steps, hubCores, latency, onHub, random } = input;
  const pause = input.pause ?? ((_n: number, drawn: number) => publishPause(drawn));
  const machine = sharedCores(hubCores);
  const tries: number[] = [];
  const waits: number[] = [];
  let [tip, gaveUp] = [0, 0];

  function step({ own, hub }: Step, then: (now: number) => void): void {
    const served = () => machine.after(latency, then);
    if (onHub) machine.work(own + hub, served);
    else machine.after(own, () => machine.work(hub, served));
  }

  function attempt(n: number, arrived: number): void {
    step(steps.fetch, () => {
      const seen = tip;
      const isMine = () => tip === seen;
      const again = () => {
        if (n < PUBLISH_TRIES) {
          machine.after(pause(n, random()), () => attempt(n + 1, arrived));
          return;
        }
        tries.push(n);
        gaveUp += 1;
      };
      step(steps.plan, () =>
        step(steps.lost, () => {
          if (!isMine()) {
            again();
            return;
          }
          const rest = { own: steps.push.own - steps.lost.own, hub: steps.push.hub - steps.lost.hub };
          step({ own: Math.max(0, rest.own), hub: Math.max(0, rest.hub) }, (now) => {
            if (!isMine()) {
              again();
              return;
            }
            tip += 1;
            tries.push(n);
            waits.push(now - arrived);
          });
        }),
      );
    });
  }

  for (const time of arrivals) machine.after(time, (now) => attempt(1, now));
  const first = Math.min(...arrivals.slice(0, 1), Infinity);
  const took = machine.run() - (Number.isFinite(first) ? first : 0);
  return { tries, waits, gaveUp, busy: took <= 0 ? 0 : machine.spent() / (took * hubCores) };
}

/** `count` moments, evenly drawn from `within` ms, in order. */
export function spreadOver(count: number, within: number, random: () => number): readonly number[] {
  return Array.from({ length: count }, () => random() * within).sort((a, b) => a - b);
}

/** The value below which a share of them lies; NaN of none. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** What a table says of a run. */
export function summaryOf({ tries, waits, gaveUp, busy }: Outcome) {
  const all = tries.reduce((sum, each) => sum + each, 0);
  return {
    tries: tries.length === 0 ? 0 : all / tries.length,
    p50: quantile(waits, 0.5),
    p95: quantile(waits, 0.95),
    gaveUp: tries.length === 0 ? 0 : gaveUp / tries.length,
    busy,
  };
}
