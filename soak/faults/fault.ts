// What a fault is while it is carried out.
import type { JournalEvent } from '../../domain/journal.js';
import { readJournal } from '../../adapters/journal/read.js';
import { join } from 'node:path';
import type { Damage } from '../checks/backup.js';
import type { Ledger } from '../load/ledger.js';
import type { Problem } from '../model.js';
import { NODES, type NodeName } from '../plan/catalogue.js';
import type { Planned } from '../plan/plan.js';
import type { SoakNode } from '../world/node.js';
import type { World } from '../world/world.js';

/** What faults have to do with besides the world. */
export interface Stage {
  readonly world: World;
  readonly ledger: Ledger;
  /** A copy that was damaged on purpose is told before it is done. */
  damaged(damage: Damage): void;
  /** Something that a person was told wrongly. */
  readonly wrong: (problem: Problem) => void;
  readonly over: AbortSignal;
}

/** A fault in force. */
export interface Lift {
  /** What was done, in a few words. */
  readonly note: string;
  /** Takes it away. */
  lift(): Promise<void>;
  /** What it hit is well, as seen from outside. May throw: not yet. */
  recovered(): Promise<boolean>;
}

/** null: it could not be carried out now (what it hits is not there), which is no fault of anybody. */
export type Fault = (planned: Planned, stage: Stage) => Promise<Lift | null>;

export function nodeOf({ target }: Planned, { world }: Stage): SoakNode {
  const name: NodeName = NODES.find((each) => each === target) ?? NODES[0];
  return world.nodes[name];
}

/** Nothing to take away: it was over when it was done. */
export function atOnce(): Promise<void> {
  return Promise.resolve();
}

/** The end of a SIGSTOP. */
export function goesOn(pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // It was ended meanwhile by whoever watches it.
  }
  return Promise.resolve();
}

export async function isReady({ plane }: SoakNode): Promise<boolean> {
  return (await plane.get('/readyz')).status === 200;
}

/** Events of a node since a time, oldest first. */
export async function eventsSince(
  { plane }: SoakNode,
  types: readonly string[],
  since: number,
): Promise<readonly JournalEvent[]> {
  const events: JournalEvent[] = [];
  for await (const event of readJournal(join(plane.stateDir, 'journal'), { types, since }))
    events.push(event);
  return events;
}
