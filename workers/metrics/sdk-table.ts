// Which of the Temporal SDK's own metrics are told, under which labels. A list and not "all of them": task queues, namespaces
// and ids would make series without end, and an update of the SDK must not change what people alert on. Names are those of
// Temporal's documentation (docs.temporal.io, "SDK metrics reference"), so that dashboards made for any worker fit.

export interface SdkMetric {
  readonly kind: 'counter' | 'gauge' | 'seconds';
  readonly help: string;
  readonly labels: readonly string[];
}

const OPERATION = ['operation'];
const WORKFLOW = ['workflow_type'];
const ACTIVITY = ['activity_type'];

const counter = (help: string, labels: readonly string[] = []): SdkMetric => ({
  kind: 'counter',
  help,
  labels,
});
const gauge = (help: string, labels: readonly string[]): SdkMetric => ({ kind: 'gauge', help, labels });
const seconds = (help: string, labels: readonly string[]): SdkMetric => ({ kind: 'seconds', help, labels });

/** By the SDK's own name; on the page counters end in `_total`, durations in `_seconds`. */
export const SDK_METRICS: Readonly<Record<string, SdkMetric>> = {
  temporal_request: counter('Requests to Temporal that were answered.', OPERATION),
  temporal_request_failure: counter('Requests to Temporal that failed.', ['operation', 'status_code']),
  temporal_request_latency: seconds('How long Temporal took to answer a request.', OPERATION),
  temporal_long_request_failure: counter('Long polls that failed.', ['operation', 'status_code']),
  temporal_num_pollers: gauge('Polls that wait at Temporal now.', ['poller_type']),
  temporal_worker_task_slots_available: gauge('Tasks that could be taken on as well.', ['worker_type']),
  temporal_worker_task_slots_used: gauge('Tasks that run now.', ['worker_type']),
  temporal_sticky_cache_size: gauge('Workflows that are kept in memory.', []),
  temporal_sticky_cache_hit: counter('Workflow tasks that found their workflow in memory.'),
  temporal_sticky_cache_miss: counter('Workflow tasks whose workflow had to be replayed.'),
  temporal_sticky_cache_total_forced_eviction: counter('Workflows that had to leave the memory for others.'),
  temporal_workflow_completed: counter('Workflows that ended well.', WORKFLOW),
  temporal_workflow_failed: counter('Workflows that failed.', WORKFLOW),
  temporal_workflow_canceled: counter('Workflows that were cancelled.', WORKFLOW),
  temporal_workflow_continue_as_new: counter('Workflows that went on as a new run.', WORKFLOW),
  temporal_workflow_endtoend_latency: seconds('From the start of a workflow to its end.', WORKFLOW),
  temporal_workflow_task_execution_failed: counter('Workflow tasks that failed.', [
    'workflow_type',
    'failure_reason',
  ]),
  temporal_workflow_task_execution_latency: seconds('How long a workflow task took.', WORKFLOW),
  temporal_workflow_task_replay_latency: seconds('How long a workflow took to be replayed.', WORKFLOW),
  temporal_workflow_task_schedule_to_start_latency: seconds(
    'How long a workflow task waited for this worker.',
    [],
  ),
  temporal_activity_execution_failed: counter('Attempts of activities that failed.', ACTIVITY),
  temporal_activity_execution_latency: seconds('How long an attempt of an activity took.', ACTIVITY),
  temporal_activity_schedule_to_start_latency: seconds('How long an activity waited for this worker.', []),
  temporal_local_activity_execution_failed: counter('Attempts of local activities that failed.', ACTIVITY),
  temporal_local_activity_execution_latency: seconds(
    'How long an attempt of a local activity took.',
    ACTIVITY,
  ),
};

/** Its name as Prometheus wants it. */
export function exportedName(name: string, { kind }: SdkMetric): string {
  if (kind === 'counter') return `${name}_total`;
  return kind === 'seconds' ? `${name}_seconds` : name;
}
