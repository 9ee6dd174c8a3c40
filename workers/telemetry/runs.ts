// Workflows as spans, seen from outside. Nothing of this runs in the workflow sandbox (docs/decisions/0007-traces-from-outside.md): the
// trace of a run follows from its id, so each process finds the same one without a word in the history.
import { createHash } from 'node:crypto';
import type { Tracer } from '../../domain/telemetry.js';

/** The span of a run: its id and its trace are known to whoever knows the run. */
export function spanOfRun(runId: string, tracer: Tracer): string {
  const digest = createHash('sha256').update(`run ${runId}`).digest('hex');
  const traceId = digest.slice(0, 32);
  return `00-${traceId}-${digest.slice(32, 48)}-${tracer.sampled(traceId) ? '01' : '00'}`;
}

/** What the SDK says of a run's life, in its own words (@temporalio/workflow, logs.ts). */
const BEGINS = 'Workflow started';
const ENDS: Readonly<Record<string, { readonly outcome: string; readonly error?: string }>> = {
  'Workflow completed': { outcome: 'completed' },
  'Workflow completed as cancelled': { outcome: 'cancelled' },
  'Workflow continued as new': { outcome: 'continued_as_new' },
  'Workflow failed': { outcome: 'failed', error: 'WorkflowFailed' },
};
/** Runs that began here and have not ended: an entity workflow does for months. */
const MOST_OPEN = 500;

export interface Runs {
  /** To be told of every line that the SDK logs, and when it was said (ms since the epoch). */
  heard(message: string, meta: Readonly<Record<string, unknown>>, at: number): void;
}

/** A span for each run that began and ended in this process. */
export function watchRuns(tracer: Tracer): Runs {
  const began = new Map<string, number>();
  return {
    heard(message, { runId, workflowId, workflowType, taskQueue }, at) {
      if (typeof runId !== 'string') return;
      if (message === BEGINS) {
        const [oldest] = began.keys();
        if (began.size >= MOST_OPEN && oldest !== undefined) began.delete(oldest);
        began.set(runId, at);
        return;
      }
      const end = ENDS[message];
      const start = began.get(runId);
      if (end === undefined || start === undefined) return;
      began.delete(runId);
      const span = tracer.start(`RunWorkflow:${String(workflowType)}`, {
        kind: 'server',
        parent: null,
        self: spanOfRun(runId, tracer),
        began: start,
        attributes: {
          'temporal.workflow.id': String(workflowId),
          'temporal.run.id': runId,
          'temporal.workflow.type': String(workflowType),
          'temporal.task_queue': String(taskQueue),
          'nxs.outcome': end.outcome,
        },
      });
      span.end(end.error, at);
    },
  };
}
