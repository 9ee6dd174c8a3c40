// Traces as the rest of the program sees them: a port, so that nobody but its adapter knows OpenTelemetry, and a node without
// traces loads nothing of it. Attributes are counts, names and codes; never a prompt, an answer, a header or a body.

export type Attributes = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface Span {
  /** W3C traceparent, for whoever goes on elsewhere. */
  readonly traceparent: string;
  /** False: it is not among the sample, and what it is told is lost. */
  readonly recording: boolean;
  set(attributes: Attributes): void;
  event(name: string, attributes?: Attributes): void;
  /** Once; what comes later is lost. `error`: what kind it was, in one word. `at`: ms since the epoch; now when left out. */
  end(error?: string, at?: number): void;
}

export interface SpanOptions {
  readonly kind: 'server' | 'client' | 'internal';
  /** A span, or a traceparent from elsewhere; null: a trace of its own. */
  readonly parent: Span | string | null;
  /** The very span that this is, where its name is known to others beforehand (see workers/telemetry/runs.ts). */
  readonly self?: string;
  readonly attributes?: Attributes;
  /** ms since the epoch; now when left out. */
  readonly began?: number;
}

/** Nothing here throws, and nothing waits for a collector. */
export interface Tracer {
  start(name: string, options: SpanOptions): Span;
  /** Runs a function in which, and in what follows from which, `current` is this span. */
  within<T>(span: Span, run: () => T): T;
  current(): Span | null;
  /** Is a trace of this id (32 hex digits) among the sample? The same answer in every process. */
  sampled(traceId: string): boolean;
  /** Sends what is left, for a second at most. */
  close(): Promise<void>;
}

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A traceparent of version 00 (w3.org/TR/trace-context); null: it is none, and is passed over. */
export function traceparentOf(value: unknown): string | null {
  return typeof value === 'string' && TRACEPARENT.test(value) ? value : null;
}

/** The parts of a valid one. */
export function partsOf(traceparent: string): { traceId: string; spanId: string; sampled: boolean } {
  const [, traceId = '', spanId = '', flags = '00'] = traceparent.split('-');
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Text of somebody else as an attribute: short, of one line. */
export function attributeText(text: string): string {
  return text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, ' ').slice(0, 100);
}
