// One call of one provider from the worker. A stream is asked for and put together, so that silence is known early and the
// first content is seen; what cannot stream is asked plainly.
import type { ProviderCall, ProviderEnd } from '../../activities/failover/ports.js';
import type { Attempt, AttemptEnd } from '../../adapters/llm/attempt-types.js';
import type { Fault } from '../../domain/failover/fault.js';
import { canStream, modelFor } from '../../domain/failover/plan.js';
import { createAssembler } from '../../domain/openai/assemble.js';
import { because } from '../../gateway/call/because.js';
import type { Upstream } from '../../gateway/call/types.js';

/** Never rejects; ends by `deadline`, and at once when the signal aborts. */
export async function askProvider(upstream: Upstream, call: ProviderCall): Promise<ProviderEnd> {
  const { provider, facts } = call;
  const named = modelFor(provider, facts);
  try {
    const model = named === 'auto-detect' ? await upstream.model(provider.name) : named;
    if (typeof model !== 'string') return { kind: 'fault', observation: model, response: null, again: false };
    if (call.signal.aborted) return faultOf('cancelled', 'we ended it');
    const end = await attemptOf(upstream, call, model);
    const again =
      end.kind === 'fault' &&
      end.observation.fault === 'model_missing' &&
      end.observation.status !== null &&
      upstream.forgetModel(provider.name);
    return again ? { ...end, again } : end;
  } catch {
    return faultOf('model_missing', 'the loaded model could not be found out');
  }
}

function attemptOf(upstream: Upstream, call: ProviderCall, model: string): Promise<ProviderEnd> {
  const { provider, facts, path, deadline, signal } = call;
  const assembler = createAssembler(facts.kind === 'completions' ? 'completions' : 'chat');
  const began = performance.now();
  const since = () => performance.now() - began;
  let first: number | null = null;
  return new Promise((resolve) => {
    let attempt: Attempt | null = null;
    const finish = (end: ProviderEnd) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      resolve(end);
    };
    const stop = (fault: Fault, detail: string) => {
      // In this order: the abort tells its own end, which is not the reason.
      finish(faultOf(fault, detail));
      attempt?.abort();
    };
    const cancel = () => stop('cancelled', 'we ended it');
    const timer = setTimeout(
      () => stop('deadline', 'the time of the whole call was over'),
      Math.max(0, deadline - Date.now()),
    );
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) {
      cancel();
      return;
    }
    const request = {
      path,
      body: { ...call.body, model },
      form: canStream(provider, facts) ? 'stream' : 'plain',
      firstByte: call.firstByte,
      idle: call.idle,
    } as const;
    attempt = upstream.start(provider.name, request, {
      onEvent(event) {
        if (event.hasContent && first === null) {
          first = since();
          call.onFirst();
        }
        if (event.kind === 'chunk' && event.json !== null) assembler.add(event.json);
      },
      onEnd: (end) => finish(endOf(end, () => ({ json: assembler.result(), first, whole: since() }))),
    });
  });
}

function endOf(
  end: AttemptEnd,
  assembled: () => Pick<Extract<ProviderEnd, { kind: 'complete' }>, 'json' | 'first' | 'whole'>,
): ProviderEnd {
  switch (end.kind) {
    case 'complete': {
      const { json, first, whole } = assembled();
      if (end.answer === null) return { kind: 'complete', status: 200, json, first, whole };
      return { kind: 'complete', status: end.answer.status, json: end.answer.json, first: null, whole };
    }
    case 'fault':
      return { kind: 'fault', observation: end.observation, response: end.response, again: false };
    case 'aborted':
      return faultOf('cancelled', 'we ended it');
  }
}

function faultOf(fault: Fault, detail: string): ProviderEnd {
  return { kind: 'fault', observation: because(fault, detail), response: null, again: false };
}
