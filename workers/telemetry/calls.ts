// Calls between front and worker as spans: the caller's side is one, and the other side goes on below it.
import { errorCode } from '../../domain/errors.js';
import { traceparentOf, type Tracer } from '../../domain/telemetry.js';
import type { Answer, CallOptions } from '../rpc.js';

interface Asks<O extends CallOptions> {
  call(method: string, params: unknown, options?: O): Promise<unknown>;
}

/** The same line; calls that belong to a trace say so. What belongs to none (monitors, reports) makes none. */
export function tracedCalls<O extends CallOptions, T extends Asks<O>>(line: T, tracer: Tracer | null): T {
  if (tracer === null) return line;
  return {
    ...line,
    async call(method: string, params: unknown, options?: O) {
      const parent = tracer.current();
      if (parent?.recording !== true) return line.call(method, params, options);
      const attributes = { 'rpc.system': 'nxs', 'rpc.method': method };
      const span = tracer.start(`call ${method}`, { kind: 'client', parent, attributes });
      try {
        const value = await line.call(method, params, { ...options, trace: span.traceparent } as O);
        span.end();
        return value;
      } catch (error) {
        span.end(errorCode(error));
        throw error;
      }
    },
  };
}

/** The same answers, as spans below the caller's where it said so. */
export function tracedAnswer(answer: Answer, tracer: Tracer | null): Answer {
  if (tracer === null) return answer;
  return async (method, params, trace) => {
    const parent = traceparentOf(trace);
    if (parent === null) return answer(method, params, trace);
    const attributes = { 'rpc.system': 'nxs', 'rpc.method': method };
    const span = tracer.start(`answer ${method}`, { kind: 'server', parent, attributes });
    try {
      const value = await tracer.within(span, () => answer(method, params, trace));
      span.end();
      return value;
    } catch (error) {
      span.end(errorCode(error));
      throw error;
    }
  };
}
