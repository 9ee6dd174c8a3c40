// How much work waits for this node at Temporal. Asked at each scrape, with a limit of its own.
import type { NativeConnection } from '@temporalio/worker';
import type { Metric } from '../front/metrics.js';

export interface Backlog {
  /** Round trip of the question, seconds. */
  readonly latency: number;
  readonly queues: readonly {
    readonly type: 'workflow' | 'activity';
    /** Tasks that wait; Temporal's own estimate. */
    readonly waiting: number;
    /** Age of the oldest of them, seconds. */
    readonly age: number;
  }[];
}

/** ms. */
const PATIENCE = 400;
/** temporal.api.enums.v1.TaskQueueType; its package is none of ours. */
const TYPES = { workflow: 1, activity: 2 } as const;

export async function readBacklog(
  connection: NativeConnection,
  namespace: string,
  queue: string,
): Promise<Backlog | null> {
  const began = performance.now();
  try {
    const queues = await connection.withDeadline(Date.now() + PATIENCE, () =>
      Promise.all(
        (['workflow', 'activity'] as const).map(async (type) => {
          const { stats } = await connection.workflowService.describeTaskQueue({
            // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- see TYPES
            ...{ namespace, taskQueue: { name: queue }, taskQueueType: TYPES[type], reportStats: true },
          });
          const { seconds = 0, nanos = 0 } = stats?.approximateBacklogAge ?? {};
          const age = Number(seconds) + (nanos ?? 0) / 1e9;
          return { type, waiting: Number(stats?.approximateBacklogCount ?? 0), age };
        }),
      ),
    );
    return { latency: (performance.now() - began) / 1000, queues };
  } catch {
    return null;
  }
}

export function backlogMetrics(backlog: Backlog | null): readonly Metric[] {
  const queues = backlog?.queues ?? [];
  return [
    {
      name: 'nxs_temporal_latency_seconds',
      type: 'gauge',
      help: 'How long Temporal took to answer a question just now.',
      values: backlog === null ? [] : [{ value: backlog.latency }],
    },
    {
      name: 'nxs_task_queue_backlog',
      type: 'gauge',
      help: 'Tasks of this node that wait at Temporal for a worker.',
      values: queues.map(({ type, waiting }) => ({ labels: { type }, value: waiting })),
    },
    {
      name: 'nxs_task_queue_backlog_age_seconds',
      type: 'gauge',
      help: 'Age of the oldest task that waits.',
      values: queues.map(({ type, age }) => ({ labels: { type }, value: age })),
    },
  ];
}
