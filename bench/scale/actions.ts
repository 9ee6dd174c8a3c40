// Billable actions of a run, as Temporal Cloud defines them (docs.temporal.io/cloud/actions), out of its history. Heartbeats stand in no
// history; they are counted at the worker. A schedule's firing is two more.

/** What a history's event has, as the client gives it. */
type Event = Readonly<Record<string, unknown>>;

export interface Counted {
  readonly events: number;
  readonly actions: number;
  /** Answers of the worker: workflow tasks and activities. */
  readonly requests: number;
  readonly activities: number;
}

/** Actions that an event is; what is not named is none. */
const ACTIONS: Readonly<Record<string, number>> = {
  workflowExecutionStarted: 1,
  workflowExecutionSignaled: 1,
  workflowExecutionUpdateAccepted: 1,
  timerStarted: 1,
  upsertWorkflowSearchAttributes: 1,
  startChildWorkflowExecutionInitiated: 1,
  workflowExecutionOptionsUpdated: 1,
};
const ANSWERS = ['workflowTaskCompleted', 'activityTaskCompleted', 'activityTaskFailed'];

/** Of a whole history. A signal that came with the start (event 2) is one action together with it. */
export function countActions(events: readonly Event[]): Counted {
  let [actions, requests, activities] = [0, 0, 0];
  let marked = false;
  for (const [index, event] of events.entries()) {
    const [kind, body] = kindOf(event);
    if (index === 1 && kind === 'workflowExecutionSignaled') continue;
    actions += ACTIONS[kind] ?? 0;
    // An attempt that was repeated leaves one event, with its number.
    const attempts = kind === 'activityTaskStarted' ? Number(body['attempt'] ?? 1) : 0;
    actions += attempts;
    activities += attempts;
    // All markers of one workflow task are one.
    if (kind === 'markerRecorded') {
      if (!marked) actions += 1;
      marked = true;
    }
    if (kind === 'workflowTaskCompleted') marked = false;
    if (ANSWERS.includes(kind)) requests += 1;
  }
  return { events: events.length, actions, requests, activities };
}

function kindOf(event: Event): readonly [string, Readonly<Record<string, unknown>>] {
  for (const [key, value] of Object.entries(event))
    if (key.endsWith('EventAttributes') && value !== null && value !== undefined)
      return [key.slice(0, -'EventAttributes'.length), value as Readonly<Record<string, unknown>>];
  return ['', {}];
}
