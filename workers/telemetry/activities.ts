// Activities as spans: one an attempt, below the span of their workflow's run.
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { errorCode } from '../../domain/errors.js';
import type { Tracer } from '../../domain/telemetry.js';
import { spanOfRun } from './runs.js';

/** They look for months until something changes; a span of one would never end, and their calls are no work. */
const MONITORS = /^monitor[A-Z]/;

export function tracedActivities(tracer: Tracer): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      async execute(input, next) {
        if (MONITORS.test(info.activityType)) return next(input);
        const { workflowExecution: run, activityType, activityId, attempt, isLocal } = info;
        const span = tracer.start(`RunActivity:${activityType}`, {
          kind: isLocal ? 'internal' : 'server',
          parent: run === undefined ? null : spanOfRun(run.runId, tracer),
          attributes: {
            'temporal.activity.type': activityType,
            'temporal.activity.id': activityId,
            'temporal.activity.attempt': attempt,
            ...(run === undefined
              ? {}
              : { 'temporal.workflow.id': run.workflowId, 'temporal.run.id': run.runId }),
          },
        });
        try {
          const result: unknown = await tracer.within(span, () => next(input));
          span.end();
          return result;
        } catch (error) {
          span.end(typeOf(error));
          throw error;
        }
      },
    },
  });
}

/** The code of ours that a failure carries, or its class; its sentence may name files. */
function typeOf(error: unknown): string {
  const type = (error as { type?: unknown } | null)?.type;
  if (typeof type === 'string' && type !== '') return type.slice(0, 64);
  return error instanceof Error ? error.name : errorCode(error);
}
