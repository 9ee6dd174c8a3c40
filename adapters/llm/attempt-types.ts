import type { Observation } from '../../domain/failover/fault.js';
import type { StreamEvent } from '../../domain/openai/stream-event.js';

/** One POST to one provider. */
export interface AttemptRequest {
  /** Below the base URL: `/chat/completions`, `/completions`, `/embeddings`. */
  readonly path: '/chat/completions' | '/completions' | '/embeddings';
  /** The body, `model` already the provider's own (never `auto-detect`). */
  readonly body: Readonly<Record<string, unknown>>;
  /** `stream`: events are handed on one by one; `plain`: one JSON document. The body's `stream` is set to match. */
  readonly form: 'stream' | 'plain';
  /** Longest silence before the first content (for `plain`: before the last byte of the answer), ms. */
  readonly firstByte: number;
  /** Longest silence between events after the first content, ms. */
  readonly idle: number;
  /** W3C trace context, handed on to the provider; left out: it is told nothing. */
  readonly traceparent?: string;
}

export interface PlainAnswer {
  readonly status: number;
  readonly body: Buffer;
  readonly json: Readonly<Record<string, unknown>>;
}

/** How an attempt ended. Told exactly once, and nothing comes after it. */
export type AttemptEnd =
  /** Every choice named its finish_reason (stream), or a valid JSON answer came (plain). */
  | { readonly kind: 'complete'; readonly answer: PlainAnswer | null; readonly sawDone: boolean }
  | {
      readonly kind: 'fault';
      readonly observation: Observation;
      /** The provider's own error answer, for giving it back to the client; null when there was none. */
      readonly response: {
        readonly status: number;
        readonly json: Readonly<Record<string, unknown>> | null;
      } | null;
    }
  /** We aborted it. */
  | { readonly kind: 'aborted' };

export interface AttemptHandlers {
  /** The status line and headers of a 2xx answer are there. */
  readonly onHeaders?: () => void;
  /** Valid events in order (form `stream` only), from the first one on, `[DONE]` included. */
  readonly onEvent: (event: StreamEvent) => void;
  readonly onEnd: (end: AttemptEnd) => void;
}

export interface Attempt {
  /** Ends it now; the socket is gone within one turn of the loop. Harmless after its end. */
  abort(): void;
  /** Back-pressure: a slow client must not fill our memory. The idle clock stands still while paused. */
  pause(): void;
  resume(): void;
}
