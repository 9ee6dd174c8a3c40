// What the front asks the worker for when somebody scrapes.
import type { Metric } from '../front/metrics.js';
import type { Backlog } from './backlog.js';
import type { ProcessFigures } from './process.js';

export interface MetricCalls {
  'metrics.read': (input: null) => Promise<WorkerMetrics>;
}

export interface WorkerMetrics {
  readonly figures: ProcessFigures;
  readonly sdk: readonly Metric[];
  /** null: Temporal did not say in time. */
  readonly backlog: Backlog | null;
}
