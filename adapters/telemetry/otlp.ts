// OpenTelemetry's own SDK behind the port of traces. Everything of it is loaded here and only when traces are configured: it
// costs half a second and 18 MB a process.
import { AsyncLocalStorage } from 'node:async_hooks';
import { errorMessage, NxsError } from '../../domain/errors.js';
import {
  partsOf,
  type Attributes,
  type Span,
  type SpanOptions,
  type Tracer,
} from '../../domain/telemetry.js';

export interface TracerOptions {
  /** Base URL; `/v1/traces` is added. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** 0 to 1. */
  readonly sample: number;
  /** What stands in every span: service, version, node. */
  readonly resource: Readonly<Record<string, string>>;
  /** The collector does not take spans (a sentence), or does again (null). Told once each. */
  readonly onState: (trouble: string | null) => void;
}

/** Spans that wait for the collector; more are dropped. */
const QUEUE = 2048;
const BATCH = 256;
/** ms. */
const SEND_EVERY = 2_000;
const SEND_TIMEOUT = 3_000;
const CLOSE_TIMEOUT = 1_000;

/** Throws NxsError CONFIG_INVALID when the packages are not installed. */
export async function openTracer(options: TracerOptions): Promise<Tracer> {
  const { api, resources, base, exporter } = await load();
  const { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = api;
  const random = new base.RandomIdGenerator();
  let chosen: { readonly traceId: string; readonly spanId: string } | null = null;
  const ratio = new base.TraceIdRatioBasedSampler(options.sample);
  const isSampled = (traceId: string) =>
    ratio.shouldSample(ROOT_CONTEXT, traceId).decision === base.SamplingDecision.RECORD_AND_SAMPLED;
  const url = `${options.url.replace(/\/+$/, '')}/v1/traces`;
  const sender = new exporter.OTLPTraceExporter({
    url,
    headers: options.headers,
    timeoutMillis: SEND_TIMEOUT,
  });
  let inTrouble = false;
  const provider = new base.BasicTracerProvider({
    resource: resources.resourceFromAttributes(options.resource),
    sampler: new base.ParentBasedSampler({ root: ratio }),
    idGenerator: {
      generateTraceId: () => chosen?.traceId ?? random.generateTraceId(),
      generateSpanId: () => chosen?.spanId ?? random.generateSpanId(),
    },
    spanProcessors: [
      new base.BatchSpanProcessor(
        {
          export(spans, done) {
            sender.export(spans, (result) => {
              const failed = result.error !== undefined || `${result.code}` !== '0';
              if (failed !== inTrouble)
                options.onState(failed ? `${url}: ${errorMessage(result.error ?? 'no reason given')}` : null);
              inTrouble = failed;
              done(result);
            });
          },
          shutdown: () => sender.shutdown(),
          forceFlush: () => sender.forceFlush(),
        },
        {
          maxQueueSize: QUEUE,
          maxExportBatchSize: BATCH,
          scheduledDelayMillis: SEND_EVERY,
          exportTimeoutMillis: SEND_TIMEOUT,
        },
      ),
    ],
  });
  const tracer = provider.getTracer('nxs-resilience');
  const storage = new AsyncLocalStorage<Span>();

  function contextOf(parent: SpanOptions['parent']) {
    if (parent === null) return ROOT_CONTEXT;
    const { traceId, spanId, sampled } = partsOf(typeof parent === 'string' ? parent : parent.traceparent);
    const traceFlags = sampled ? api.TraceFlags.SAMPLED : api.TraceFlags.NONE;
    return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
  }

  return {
    start(name, { kind, parent, self, attributes = {}, began }) {
      chosen = self === undefined ? null : partsOf(self);
      const started = tracer.startSpan(
        name,
        {
          kind: { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL }[kind],
          attributes: copy(attributes),
          ...(began === undefined ? {} : { startTime: began }),
        },
        contextOf(parent),
      );
      chosen = null;
      const { traceId, spanId, traceFlags } = started.spanContext();
      return {
        traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
        recording: started.isRecording(),
        set: (more) => void started.setAttributes(copy(more)),
        event: (event, more = {}) => void started.addEvent(event, copy(more)),
        end(error, at) {
          if (error !== undefined) {
            started.setAttribute('error.type', error);
            started.setStatus({ code: SpanStatusCode.ERROR });
          }
          started.end(at);
        },
      };
    },
    within: (span, run) => storage.run(span, run),
    current: () => storage.getStore() ?? null,
    sampled: isSampled,
    async close() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_TIMEOUT).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
    },
  };
}

/** Lists of theirs are not readonly. */
function copy(attributes: Attributes): Record<string, string | number | boolean | string[]> {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [key, typeof value === 'object' ? [...value] : value]),
  );
}

async function load() {
  try {
    const [api, resources, base, exporter] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
    ]);
    return { api, resources, base, exporter };
  } catch (error) {
    throw new NxsError(
      'CONFIG_INVALID',
      'telemetry.traces: the packages of OpenTelemetry are not installed (they are optional; install without --omit=optional).',
      { reason: errorMessage(error) },
    );
  }
}
