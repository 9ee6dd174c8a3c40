// The worker's side of the metrics: one answer with all that it knows.
import type { NativeConnection } from '@temporalio/worker';
import { taskQueue } from '../../domain/ids.js';
import { answerWith, type Answer } from '../rpc.js';
import { readBacklog } from './backlog.js';
import type { MetricCalls } from './calls.js';
import { ownFigures } from './process.js';
import type { SdkSource } from './sdk-metrics.js';

export interface MetricSources {
  readonly sdk: SdkSource | null;
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly node: string;
}

/** Answers `metrics.*`; everything else goes on to `other`. */
export function answerMetrics(
  { sdk, connection, namespace, node }: MetricSources,
  other: Answer | null,
): Answer {
  const mine = answerWith<MetricCalls>({
    async 'metrics.read'() {
      const backlog = await readBacklog(connection, namespace, taskQueue(node));
      return { figures: await ownFigures('worker'), sdk: sdk?.read() ?? [], backlog };
    },
  });
  return (method, params) => (method.startsWith('metrics.') || other === null ? mine : other)(method, params);
}
