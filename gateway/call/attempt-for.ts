// From a grant to a running attempt: the provider's own model in the body, the form that the desk chose.
import type { Attempt, AttemptHandlers } from '../../adapters/llm/attempt-types.js';
import type { Observation } from '../../domain/failover/fault.js';
import { modelFor } from '../../domain/failover/plan.js';
import type { Grant } from '../desk.js';
import { because } from './because.js';
import type { CallContext, CallInput } from './types.js';

/** Starts one attempt; finding the loaded model (`auto-detect`) is a part of it. */
export function startAttemptFor(
  { upstream }: CallContext,
  input: Pick<CallInput, 'facts' | 'path' | 'body'>,
  grant: Grant,
  handlers: AttemptHandlers,
): Attempt {
  const { provider } = grant;
  const start = (model: string): Attempt =>
    upstream.start(
      provider.name,
      {
        path: input.path,
        body: { ...input.body, model },
        form: grant.plain ? 'plain' : 'stream',
        firstByte: grant.firstByte,
        idle: grant.idle,
      },
      handlers,
    );
  const named = modelFor(provider, input.facts);
  const model = named === 'auto-detect' ? upstream.model(provider.name) : named;
  return typeof model === 'string' ? start(model) : startLater(model, start, handlers);
}

function startLater(
  model: Promise<string | Observation>,
  start: (model: string) => Attempt,
  handlers: AttemptHandlers,
): Attempt {
  let attempt: Attempt | null = null;
  let aborted = false;
  const fault = (observation: Observation): void => {
    if (!aborted) handlers.onEnd({ kind: 'fault', observation, response: null });
  };
  model.then(
    (found) => {
      if (aborted) return;
      if (typeof found === 'string') attempt = start(found);
      else fault(found);
    },
    () => fault(because('model_missing', 'the loaded model could not be found out')),
  );
  return {
    abort() {
      aborted = true;
      attempt?.abort();
    },
    pause: () => attempt?.pause(),
    resume: () => attempt?.resume(),
  };
}
