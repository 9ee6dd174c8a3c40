// Calls of providers as spans, by OpenTelemetry's conventions for generative AI (opentelemetry.io/docs/specs/semconv/gen-ai). It wraps
// the ports of the engine, so that the engine has no line for it and a call without a trace pays nothing.
import type {
  Attempt,
  AttemptEnd,
  AttemptHandlers,
  AttemptRequest,
} from '../../adapters/llm/attempt-types.js';
import { recordOf } from '../../domain/openai/record.js';
import type { StreamEvent } from '../../domain/openai/stream-event.js';
import { attributeText, type Attributes, type Span, type Tracer } from '../../domain/telemetry.js';
import type { Roster } from '../rules.js';
import type { Watch } from '../watch.js';
import type { CallContext, Upstream } from './types.js';

export interface Tracing {
  readonly tracer: Tracer;
  /** Providers get a `traceparent` header. */
  readonly propagate: boolean;
  /** Base URLs by provider. */
  readonly addresses: ReadonlyMap<string, string>;
}

const OPERATIONS = {
  '/chat/completions': 'chat',
  '/completions': 'text_completion',
  '/embeddings': 'embeddings',
} as const satisfies Record<AttemptRequest['path'], string>;

/** The context of one call of a client: its attempts are spans below the one that is current now. */
export function tracedContext(context: CallContext, tracing: Tracing | null): CallContext {
  const parent = tracing?.tracer.current() ?? null;
  if (tracing === null || parent?.recording !== true) return context;
  // Sockets are shared between calls, so what is current in their callbacks may be another call.
  const upstream = tracedUpstream(context.upstream, tracing, () => parent);
  return { ...context, upstream, watch: tracedWatch(context.watch, parent) };
}

/** `parent` is asked when an attempt starts; null: it is not traced. */
export function tracedUpstream(upstream: Upstream, tracing: Tracing, parent: () => Span | null): Upstream {
  return {
    ...upstream,
    start(name, request, handlers) {
      const above = parent();
      if (above?.recording !== true) return upstream.start(name, request, handlers);
      return startTraced(upstream, tracing, above, { name, request, handlers });
    },
  };
}

interface Start {
  readonly name: string;
  readonly request: AttemptRequest;
  readonly handlers: AttemptHandlers;
}

function startTraced(
  upstream: Upstream,
  { tracer, propagate, addresses }: Tracing,
  parent: Span,
  { name, request, handlers }: Start,
): Attempt {
  const operation = OPERATIONS[request.path];
  const model = attributeText(typeof request.body['model'] === 'string' ? request.body['model'] : '');
  const began = performance.now();
  const attributes = {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': name,
    'gen_ai.request.model': model,
    'gen_ai.request.stream': request.form === 'stream',
    ...serverOf(addresses.get(name)),
  };
  const span = tracer.start(`${operation} ${model}`, { kind: 'client', parent, attributes });
  let first = true;
  const sent = propagate ? { ...request, traceparent: span.traceparent } : request;
  return upstream.start(name, sent, {
    ...handlers,
    onEvent(event) {
      if (first && event.hasContent) {
        first = false;
        span.set({ 'gen_ai.response.time_to_first_chunk': (performance.now() - began) / 1000 });
      }
      if (event.hasUsage || event.finished.length > 0) span.set(factsOf(event.json));
      handlers.onEvent(event);
    },
    onEnd(end) {
      ended(span, end);
      handlers.onEnd(end);
    },
  });
}

function ended(span: Span, end: AttemptEnd): void {
  if (end.kind === 'aborted') {
    // It lost a race, or the client has gone: nobody's error.
    span.set({ 'nxs.aborted': true });
    span.end();
    return;
  }
  if (end.kind === 'complete') {
    if (end.answer !== null) span.set(factsOf(end.answer.json));
    span.end();
    return;
  }
  const { fault, status } = end.observation;
  if (status !== null) span.set({ 'http.response.status_code': status });
  span.end(fault);
}

/** Counts and names of an answer or of an event; of its text nothing. */
function factsOf(json: StreamEvent['json']): Attributes {
  const usage = recordOf(json?.['usage']);
  const choices = Array.isArray(json?.['choices']) ? (json['choices'] as readonly unknown[]) : [];
  const reasons = choices.map((choice) => recordOf(choice)?.['finish_reason']);
  const named = reasons.filter((reason) => typeof reason === 'string').map(attributeText);
  const number = (key: string, value: unknown) => (typeof value === 'number' ? { [key]: value } : {});
  const text = (key: string, value: unknown) =>
    typeof value === 'string' ? { [key]: attributeText(value) } : {};
  return {
    ...text('gen_ai.response.model', json?.['model']),
    ...number('gen_ai.usage.input_tokens', usage?.['prompt_tokens']),
    ...number('gen_ai.usage.output_tokens', usage?.['completion_tokens']),
    ...(named.length === 0 ? {} : { 'gen_ai.response.finish_reasons': named }),
  };
}

export function addressesOf({ usable }: Pick<Roster, 'usable'>): ReadonlyMap<string, string> {
  return new Map(usable.map(({ endpoint }) => [endpoint.name, endpoint.baseUrl]));
}

/** Host and port, without what else a URL may hold. */
function serverOf(baseUrl: string | undefined): Attributes {
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return {};
  const { hostname, port, protocol } = new URL(baseUrl);
  return { 'server.address': hostname, 'server.port': Number(port) || (protocol === 'https:' ? 443 : 80) };
}

function tracedWatch(watch: Watch, span: Span): Watch {
  return {
    ...watch,
    hedged(provider) {
      span.event('nxs.hedge', { 'gen_ai.provider.name': provider });
      watch.hedged(provider);
    },
    failover(failover) {
      const { from, to, reason } = failover;
      span.event('nxs.failover', { 'nxs.from': from, 'nxs.to': to, 'nxs.reason': reason });
      watch.failover(failover);
    },
  };
}
