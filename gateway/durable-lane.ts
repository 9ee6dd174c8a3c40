// The durable lane as the gateway sees it: a port, so that no Temporal stands on the hot path.
import type { RequestFacts } from '../domain/failover/request.js';

export interface DurableCall {
  /** `Idempotency-Key` of the client; null: every call is its own. */
  readonly key: string | null;
  readonly facts: RequestFacts;
  readonly path: '/chat/completions' | '/completions' | '/embeddings';
  /** As the client sent it. */
  readonly body: Readonly<Record<string, unknown>>;
  /** When the whole call must be over, ms since the epoch. */
  readonly deadline: number;
  /** Silence after which the next provider is asked as well, ms. */
  readonly hedgeAfter: number;
}

export interface DurableEnd {
  /** null: it was never started. */
  readonly workflowId: string | null;
  readonly attempts: number;
  /** Who answered; null: nobody. */
  readonly provider: string | null;
  /** HTTP status for the client; 200 with an answer. */
  readonly status: number;
  /** The provider's answer, or an OpenAI-shaped error. */
  readonly json: Readonly<Record<string, unknown>>;
  /** ms; for a 503 or 429. */
  readonly retryAfter: number | null;
}

export interface DurableLane {
  /** Never rejects. Once accepted it goes on when `signal` aborts: that is what it is for. */
  complete(call: DurableCall, signal: AbortSignal): Promise<DurableEnd>;
}
