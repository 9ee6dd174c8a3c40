/** Milliseconds that running activities have after a stop before they are cancelled. */
const GRACE_MS = 20_000;

/** Milliseconds after which the worker gives up on activities that ignore their cancellation (30 s in all, issue of the set-up). */
const FORCE_MS = 28_000;

/**
 * Options of the worker beside its wiring. A node is a small machine: few things at once, few workflows kept
 * in memory, few open polls.
 */
export const WORKER_LIMITS = {
  shutdownGraceTime: GRACE_MS,
  shutdownForceTime: FORCE_MS,
  // After a kill the next worker would otherwise wait 10 s for tasks of the dead one's sticky queue.
  stickyQueueScheduleToStartTimeout: '1s',
  // Most of them wait for an LLM; heavy work queues per destination by itself.
  maxConcurrentActivityTaskExecutions: 64,
  // Else a heartbeat, which is how a running activity hears of its cancellation, is held back for 80 % of its time-out.
  maxHeartbeatThrottleInterval: '1s',
  maxConcurrentLocalActivityExecutions: 8,
  // Pollers hold slots while they wait; with few of them none is left for a workflow that is started eagerly.
  maxConcurrentWorkflowTaskExecutions: 40,
  // The SDK's older maxConcurrent…Polls are taken and ignored by 1.24: ten of each ran. One of the two is for the sticky queue.
  workflowTaskPollerBehavior: { type: 'simple-maximum', maximum: 2 },
  activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 2 },
  maxCachedWorkflows: 50,
} as const;
