// Starts an entity workflow anew, with what the state directory knows: for one whose history today's code cannot go on with.
import { WorkflowIdConflictPolicy, type Client } from '@temporalio/client';
import type { Config } from '../../config/types.js';
import type { Anomaly } from '../../domain/healing/model.js';
import { isOpen } from '../../domain/healing/incident.js';
import { HEALING_TASK_TIMEOUT, healingWorkflowId, providersWorkflowId, taskQueue } from '../../domain/ids.js';
import { rosterOf } from '../../gateway/rules.js';
import type { HealingInput, ProviderManagerInput } from '../../workflows/messages.js';
import { kindAttributes } from '../attributes.js';
import { readSnapshot } from '../failover/snapshot-file.js';
import { managedProviders } from '../failover/worker-manager.js';
import { viewHealing } from '../healing/desk.js';

/** The monitor. What it has open incidents for counts as known, so that none is begun a second time. */
export async function restartHealing(client: Client, config: Config): Promise<string> {
  const { node } = config;
  const { incidents } = await viewHealing(config, Date.now());
  const anomalies = incidents
    .filter(isOpen)
    .map(({ subject, kind, cause, value, since, detected }): Anomaly => ({
      subject: subject,
      ...{ kind, detail: cause, value, paths: [] },
      ...{ since: Date.parse(since), detected: Date.parse(detected) },
    }));
  const input: HealingInput = { node, known: { anomalies, blind: [] } };
  const workflowId = healingWorkflowId(node);
  await client.workflow.start('healingLoop', {
    workflowId,
    taskQueue: taskQueue(node),
    args: [input],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.TERMINATE_EXISTING,
    workflowTaskTimeout: HEALING_TASK_TIMEOUT,
    staticSummary: 'self-healing: watches this machine, starts an incident for each thing that goes wrong',
    typedSearchAttributes: kindAttributes(node, 'healing'),
  });
  return workflowId;
}

/** The owner of breakers and switch, which the front has kept in a file. */
export async function restartProviders(
  client: Client,
  config: Config,
  note: (line: string) => void,
): Promise<string> {
  const { node, stateDir } = config;
  const input: ProviderManagerInput = { node, providers: managedProviders(rosterOf(config)), state: null };
  const snapshot = await readSnapshot(stateDir, note);
  const workflowId = providersWorkflowId(node);
  const handle = await client.workflow.start('providerManager', {
    workflowId,
    taskQueue: taskQueue(node),
    args: [input],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.TERMINATE_EXISTING,
    staticSummary: 'LLM providers: who goes first, who is out, who is well',
    typedSearchAttributes: kindAttributes(node, 'providers'),
  });
  if (snapshot !== null) await handle.signal('report', { snapshot });
  return workflowId;
}
