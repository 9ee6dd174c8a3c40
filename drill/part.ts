// Groups of different settings in one list: what the runner has to know of them.
import type { Finding, Group, Kit } from './scenario.js';

export interface Named {
  readonly name: string;
  readonly hypothesis: string;
}

/** A scenario whose setting is open. */
export interface Act extends Named {
  steady(): Promise<string | null>;
  play(): Promise<Finding>;
}

export interface Part {
  readonly name: string;
  readonly scenarios: readonly Named[];
  open(kit: Kit): Promise<readonly Act[]>;
}

export function partOf<Setting>(group: Group<Setting>): Part {
  const { name, scenarios } = group;
  return {
    name,
    scenarios,
    async open(kit) {
      const setting = await group.open(kit);
      return scenarios.map((scenario) => ({
        name: scenario.name,
        hypothesis: scenario.hypothesis,
        steady: () => scenario.steady(setting),
        play: () => scenario.play(setting),
      }));
    },
  };
}
