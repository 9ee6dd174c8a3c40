// One way to start our workflows, for the worker's first run and for the commands.
import type { Client, WorkflowHandle } from '@temporalio/client';
import { taskQueue, workflowId, type WorkflowKind } from '../domain/ids.js';
import { kindAttributes } from './attributes.js';

export interface Start {
  readonly node: string;
  readonly kind: WorkflowKind;
  /** Workflow type. */
  readonly type: string;
  /** Who asks; the first part of the workflow id's last component. */
  readonly by: string;
  readonly input: object;
  /** One line for the web UI's list. */
  readonly summary: string;
}

/** Starts it under `nxs/<node>/<kind>/<by>-<time>`. */
export function startWorkflow(client: Client, start: Start): Promise<WorkflowHandle> {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('.', '_');
  return client.workflow.start(start.type, {
    workflowId: workflowId(start.node, start.kind, `${start.by}-${stamp}`),
    taskQueue: taskQueue(start.node),
    args: [start.input],
    staticSummary: start.summary,
    typedSearchAttributes: kindAttributes(start.node, start.kind),
  });
}
