// What Temporal says of our workflows.
import type { Problems } from '../model.js';

export interface WorkflowSeen {
  readonly node: string;
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly began: number;
  /** Events and bytes. */
  readonly events: number;
  readonly bytes: number;
  /** How often the task at hand was tried; null: none is at hand. */
  readonly taskAttempt: number | null;
  /** Activities at hand, and how often each was tried. */
  readonly activities: readonly {
    readonly type: string;
    readonly attempt: number;
    readonly failure: string;
  }[];
}

/** Those that run for as long as their node exists. */
const ENTITIES: readonly string[] = ['healingLoop', 'providerManager'];

/** An incident may wait for a person; all others end within this time, ms. */
const LONGEST_MS = 10 * 60_000;
const MOST_TASK_ATTEMPTS = 8;
/** Of one that ends by itself. */
const MOST_EVENTS = 1_000;
const MOST_BYTES = 2 * 1024 * 1024;

/** `suggested`: events after which the engine asks for a new run. */
export function historyProblems(seen: readonly WorkflowSeen[], suggested: number, now: number): Problems {
  return seen.flatMap((each) => {
    const entity = ENTITIES.includes(each.type);
    const about = `${each.type} ${each.id} of ${each.node}: ${String(each.events)} events, ${String(each.bytes)} bytes, ${each.status}`;
    const wrong: string[] = [];
    // A run that is asked to end finishes what is at hand.
    if (each.events > (entity ? 2 * suggested + 200 : MOST_EVENTS)) wrong.push('a history is too long');
    if (each.bytes > MOST_BYTES) wrong.push('a history is too large');
    if ((each.taskAttempt ?? 0) > MOST_TASK_ATTEMPTS) wrong.push('a workflow task fails again and again');
    if (each.status === 'RUNNING' && !entity && each.type !== 'healIncident' && now - each.began > LONGEST_MS)
      wrong.push('a workflow does not end');
    if (each.status === 'TERMINATED' || each.status === 'TIMED_OUT') wrong.push('a workflow was cut off');
    return wrong.map((what) => ({ what, evidence: about }));
  });
}

/** In the calm nothing runs but the entities and what goes on for some seconds. */
export function endingProblems(seen: readonly WorkflowSeen[], now: number, patience: number): Problems {
  return seen
    .filter(
      ({ type, status, began }) => status === 'RUNNING' && !ENTITIES.includes(type) && now - began > patience,
    )
    .map(({ node, id, type, began }) => ({
      what: 'a workflow has not ended in the calm',
      evidence: `${type} ${id} of ${node}, begun at ${new Date(began).toISOString()}`,
    }));
}
