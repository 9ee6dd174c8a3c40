// How a cycle is asked for: whoever asks while one runs gets one more, not a second one beside it.
import {
  WithStartWorkflowOperation,
  type Client,
  type Workflow,
  type WorkflowSignalWithStartOptions,
} from '@temporalio/client';
import { syncWorkflowId, taskQueue } from '../../domain/ids.js';
import { syncStatusSchema, type SyncStatus } from '../../domain/sync/status.js';
import type { SyncInput } from '../../workflows/messages.js';
import { kindAttributes } from '../attributes.js';

export interface Asker {
  readonly client: Client;
  readonly node: string;
}

function optionsOf({ node }: Asker, input: SyncInput) {
  return {
    workflowId: syncWorkflowId(node),
    taskQueue: taskQueue(node),
    args: [input],
    staticSummary: SUMMARIES[input.trigger] ?? 'sync',
    typedSearchAttributes: kindAttributes(node, 'sync'),
  };
}

const SUMMARIES: Readonly<Record<string, string>> = {
  watch: 'sync: a file changed here',
  poll: 'sync: the hub has something new',
  nudge: 'sync: another node has published',
  start: 'sync at the start of the control plane',
  cli: 'sync: somebody asked for it',
  answer: 'sync: somebody has answered what waited',
};

/** One more cycle, soon. */
export async function askAgain(asker: Asker, trigger: string): Promise<void> {
  const input: SyncInput = { node: asker.node, trigger, join: false };
  const options: WorkflowSignalWithStartOptions & { readonly args: unknown[] } = {
    ...optionsOf(asker, input),
    signal: 'again',
    signalArgs: [],
  };
  await asker.client.workflow.signalWithStart('syncCycle', options);
}

/** A cycle that begins after this call; its status. */
export async function runCycle(
  asker: Asker,
  { trigger, join }: { readonly trigger: string; readonly join: boolean },
): Promise<SyncStatus> {
  const input: SyncInput = { node: asker.node, trigger, join };
  const startWorkflowOperation = new WithStartWorkflowOperation('syncCycle', {
    ...optionsOf(asker, input),
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  const status = await asker.client.workflow.executeUpdateWithStart<
    Workflow,
    unknown,
    [{ readonly join: boolean }]
  >('run', {
    startWorkflowOperation,
    args: [{ join }],
  });
  return syncStatusSchema.parse(status);
}
