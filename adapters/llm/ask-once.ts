// An attempt as a promise, for callers that are not in a hurry.
import type { AttemptEnd, AttemptRequest } from './attempt-types.js';
import { startAttempt } from './attempt.js';
import type { Endpoint } from './endpoint.js';
import type { Wire } from './wire.js';

export interface Asked {
  readonly end: AttemptEnd;
  /** The whole call. */
  readonly ms: number;
  /** From the start to the first content of a stream; null: none came. */
  readonly firstMs: number | null;
  readonly sawUsage: boolean;
  /** The `model` that the events of a stream name; null: none. */
  readonly model: string | null;
}

/** Sends it and waits for its end, for at most `timeoutMs` in all. Never rejects. */
export function askOnce(
  wire: Wire,
  endpoint: Endpoint,
  request: Pick<AttemptRequest, 'path' | 'body' | 'form'>,
  timeoutMs: number,
): Promise<Asked> {
  return new Promise((resolve) => {
    const began = performance.now();
    let firstMs: number | null = null;
    let sawUsage = false;
    let model: string | null = null;
    const attempt = startAttempt(
      wire,
      endpoint,
      { ...request, firstByte: timeoutMs, idle: timeoutMs },
      {
        onEvent: (event) => {
          if (event.hasContent) firstMs ??= Math.round(performance.now() - began);
          if (event.hasUsage) sawUsage = true;
          if (typeof event.json?.['model'] === 'string') model ??= event.json['model'];
        },
        onEnd: (end) => {
          clearTimeout(timer);
          resolve({ end, ms: Math.round(performance.now() - began), firstMs, sawUsage, model });
        },
      },
    );
    const timer = setTimeout(() => attempt.abort(), timeoutMs);
  });
}
