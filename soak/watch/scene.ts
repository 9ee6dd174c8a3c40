// What all watchers see of a running soak.
import type { Court } from '../court.js';
import type { KeyedAnswer } from '../checks/acts.js';
import type { Damage } from '../checks/backup.js';
import type { CallSeen, Outage } from '../checks/gateway.js';
import type { Ledger } from '../load/ledger.js';
import type { History } from '../look/contents.js';
import type { Struck } from '../model.js';
import { NODES, PROVIDERS } from '../plan/catalogue.js';
import type { SoakNode } from '../world/node.js';
import type { World } from '../world/world.js';

export interface Scene {
  readonly world: World;
  readonly court: Court;
  readonly ledger: Ledger;
  readonly history: History;
  /** So far. */
  readonly struck: () => readonly Struck[];
  readonly damages: readonly Damage[];
  readonly calls: readonly CallSeen[];
  readonly keyed: readonly KeyedAnswer[];
  /** When the storm began. */
  readonly began: number;
}

export function nodesOf({ world }: Pick<Scene, 'world'>): readonly SoakNode[] {
  return NODES.map((name) => world.nodes[name]);
}

/** When each provider was out of order. */
export function providerOutages(struck: readonly Struck[]): ReadonlyMap<string, readonly Outage[]> {
  return new Map(
    PROVIDERS.map((name) => [
      name,
      struck
        .filter(({ kind, target }) => target === name && kind.startsWith('provider-'))
        .map(({ began, lifted }) => ({ from: began, to: lifted })),
    ]),
  );
}

/** A fault of worker or engine that lasts for longer is more than the durable lane waits, ms. */
const DURABLE_WAITS_MS = 15_000;

/** When the front of a node was not meant to answer, or the durable lane not meant to end. */
export function awayOf(struck: readonly Struck[], node: string, lane: CallSeen['lane']): readonly Outage[] {
  return struck.flatMap(({ kind, target, began, lifted, recovered }): readonly Outage[] => {
    if (target !== node || !/^(worker|engine|supervisor|all)-/.test(kind)) return [];
    const to = lifted === null ? null : recovered;
    if (/^(supervisor|all)-/.test(kind)) return [{ from: began, to }];
    if (lane === 'direct') return [];
    return to !== null && to - began < DURABLE_WAITS_MS ? [] : [{ from: began, to }];
  });
}

/** Faults in force at a time, or just over: `kind target`. */
export function faultsAt(struck: readonly Struck[], at: number): readonly string[] {
  return struck
    .filter(({ began, lifted, recovered, note }) => {
      const to = recovered ?? (lifted === null ? null : lifted + 30_000);
      return note !== 'not carried out' && began <= at && (to === null || to + 10_000 >= at);
    })
    .map(({ kind, target }) => `${kind} ${target}`);
}
