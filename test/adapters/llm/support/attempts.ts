// Runs an attempt and keeps all that it told.
import { onTestFinished } from 'vitest';
import type { Attempt, AttemptEnd, AttemptRequest } from '../../../../adapters/llm/attempt-types.js';
import { startAttempt } from '../../../../adapters/llm/attempt.js';
import type { Endpoint } from '../../../../adapters/llm/endpoint.js';
import { openWire } from '../../../../adapters/llm/wire.js';
import type { Wire, WireOptions } from '../../../../adapters/llm/wire.js';
import type { StreamEvent } from '../../../../domain/openai/stream-event.js';

/** A wire that ends with the test. */
export function testWire(options: Partial<WireOptions> = {}): Wire {
  const wire = openWire({ env: {}, ...options });
  onTestFinished(() => wire.close());
  return wire;
}

export function endpointAt(origin: string, more: Partial<Endpoint> = {}): Endpoint {
  return { name: 'p', baseUrl: `${origin}/v1`, apiKey: null, model: 'm', ...more };
}

export interface Told {
  readonly attempt: Attempt;
  readonly events: readonly StreamEvent[];
  /** Text of choice 0 so far. */
  readonly text: () => string;
  readonly end: Promise<AttemptEnd>;
  /** How often the end was told. */
  readonly ends: () => number;
  readonly headersAt: () => number | null;
}

export const BODY = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };

/** Starts a chat; streams unless told otherwise, with generous limits. */
export function attemptAt(wire: Wire, endpoint: Endpoint, more: Partial<AttemptRequest> = {}): Told {
  const events: StreamEvent[] = [];
  let ends = 0;
  let headersAt: number | null = null;
  let tell: (end: AttemptEnd) => void = () => undefined;
  const end = new Promise<AttemptEnd>((resolve) => (tell = resolve));
  const attempt = startAttempt(
    wire,
    endpoint,
    { path: '/chat/completions', body: BODY, form: 'stream', firstByte: 10_000, idle: 10_000, ...more },
    {
      onHeaders: () => (headersAt = performance.now()),
      onEvent: (event) => events.push(event),
      onEnd: (how) => {
        ends += 1;
        tell(how);
      },
    },
  );
  const text = (): string => events.map((event) => event.text).join('');
  return { attempt, events, text, end, ends: () => ends, headersAt: () => headersAt };
}

/** The fault that an attempt ended with, or how else it ended. */
export function faultOf(end: AttemptEnd): string {
  return end.kind === 'fault' ? end.observation.fault : end.kind;
}
