// Watches this node for as long as it exists, and starts an incident for each thing that goes wrong. All that takes time happens in
// the incidents, which go on by themselves; an idle night adds no event here.
import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  isCancellation,
  ParentClosePolicy,
  setCurrentDetails,
  setHandler,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import {
  defineSearchAttributeKey,
  TypedSearchAttributes,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdReusePolicy,
} from '@temporalio/common';
import { HEALING_TASK_TIMEOUT, incidentId, taskQueue, workflowId } from '../domain/ids.js';
import type { Anomaly } from '../domain/healing/model.js';
import type { HostWatch } from '../domain/healing/steps.js';
import { parseTrigger, triggered, type Trigger } from '../domain/healing/trigger.js';
import { anomalyKey, signatureOf } from '../domain/healing/watch.js';
import { reasonOf } from './failure.js';
import { healingStatusQuery, triggerUpdate, type HealingInput, type IncidentInput } from './messages.js';
import { now, runName } from './phase.js';
import { healing, healingWatch } from './proxies.js';

/** After the monitor failed for good (it should not): no storm of restarts. */
const PAUSE_AFTER_FAILURE = '30 seconds';

/** Runs for ever, as one run after another. */
export async function healingLoop(input: HealingInput): Promise<void> {
  const { node } = input;
  let { known } = input;
  let since = now();
  let turns = 0;
  setHandler(healingStatusQuery, () => ({ phase: 'watching', since, detail: wordsOf(known), ...known }));
  setHandler(
    triggerUpdate,
    (typed) => {
      const trigger = orRefuse(typed);
      return startIncident(node, triggered(trigger, Date.now()), trigger.by);
    },
    { validator: (typed) => void orRefuse(typed) },
  );
  setCurrentDetails(wordsOf(known));
  while (!workflowInfo().continueAsNewSuggested) {
    const before = known;
    try {
      known = await healingWatch.monitorHost.executeWithOptions({ summary: 'looks at this machine' }, [
        known,
      ]);
    } catch (error) {
      if (isCancellation(error)) throw error;
      setCurrentDetails(`monitor blind: ${reasonOf(error)}`);
      await sleep(PAUSE_AFTER_FAILURE);
      continue;
    }
    since = now();
    turns += 1;
    setCurrentDetails(wordsOf(known));
    const wrong = new Set(before.anomalies.map(anomalyKey));
    for (const anomaly of known.anomalies)
      if (!wrong.has(anomalyKey(anomaly))) await startIncident(node, anomaly, null);
    await tellBlind(before, known, `${runName()}-${String(turns)}`);
  }
  await condition(allHandlersFinished);
  await continueAsNew<typeof healingLoop>({ node, known });
}

/** An incident of its own, which goes on when this loop is long another run. */
async function startIncident(
  node: string,
  anomaly: Anomaly,
  by: string | null,
): Promise<{ readonly incident: string }> {
  const incident = incidentId(anomaly.subject, anomaly.detected);
  const args: [IncidentInput] = [{ node, incident, anomaly, by }];
  try {
    await startChild('healIncident', {
      workflowId: workflowId(node, 'incident', incident),
      taskQueue: taskQueue(node),
      args,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowTaskTimeout: HEALING_TASK_TIMEOUT,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      staticSummary: `${anomaly.kind.replace('_', ' ')}: ${anomaly.subject}: ${anomaly.detail}`.slice(0, 190),
      typedSearchAttributes: new TypedSearchAttributes([
        { key: defineSearchAttributeKey('NxsNode', 'KEYWORD'), value: node },
        { key: defineSearchAttributeKey('NxsKind', 'KEYWORD'), value: 'incident' },
      ]),
    });
  } catch (error) {
    // A graver kind came and went, and the first one's incident is there, or was.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return { incident };
}

async function tellBlind(before: HostWatch, after: HostWatch, serial: string): Promise<void> {
  if (signatureOf([], before.blind) === signatureOf([], after.blind)) return;
  const [old, fresh] = [before, after].map(({ blind }) => new Set(blind.map(({ subject }) => subject)));
  const blind = after.blind.filter(({ subject }) => old?.has(subject) === false);
  const over = before.blind.filter(({ subject }) => fresh?.has(subject) === false);
  await healing.noteBlind({ blind, over, serial });
}

function wordsOf({ anomalies, blind }: HostWatch): string {
  const wrong = anomalies.map(({ subject, detail }) => `- **${subject}**: ${detail}`);
  const unseen = blind.map(({ subject, detail }) => `- **${subject}** cannot be seen: ${detail}`);
  return [...wrong, ...unseen].join('\n') || 'all well';
}

function orRefuse(typed: unknown): Trigger {
  const parsed = parseTrigger(typed);
  if ('value' in parsed) return parsed.value;
  const failure = ApplicationFailure.create({ type: 'USAGE', message: parsed.why, nonRetryable: true });
  failure.stack = '';
  throw failure;
}
