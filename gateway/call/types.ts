// One call of a client, from its request to its last byte, seen from both ends.
import type { Attempt, AttemptHandlers, AttemptRequest } from '../../adapters/llm/attempt-types.js';
import type { Observation } from '../../domain/failover/fault.js';
import type { RequestFacts } from '../../domain/failover/request.js';
import type { Desk } from '../desk.js';
import type { Dimensions } from '../dimensions.js';
import type { Watch } from '../watch.js';

/** Providers as the engine calls them: by name. */
export interface Upstream {
  start(name: string, request: AttemptRequest, handlers: AttemptHandlers): Attempt;
  /** The model to ask this provider for; a promise while `auto-detect` is being found, of the fault when it is not. */
  model(name: string): string | Promise<string | Observation>;
  /** After a 404: what is loaded has changed. True when it is found anew. */
  forgetModel(name: string): boolean;
}

export interface CallContext {
  readonly desk: Desk;
  readonly upstream: Upstream;
  readonly watch: Watch;
  readonly dimensions: Dimensions;
  /** ms since the epoch. */
  readonly now: () => number;
}

export interface CallInput {
  readonly facts: RequestFacts;
  readonly path: AttemptRequest['path'];
  /** As the client sent it. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The client asked for a usage chunk; we always do. */
  readonly wantsUsage: boolean;
  /** When the whole call must be over, ms since the epoch. */
  readonly deadline: number;
}

/** Who answers, and at which try. */
export interface Answered {
  readonly provider: string;
  readonly attempts: number;
}

export interface CallError {
  readonly status: number;
  /** OpenAI-shaped. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly attempts: number;
  /** Whose own error this is; null: ours. */
  readonly provider: string | null;
  /** ms; null: no use. */
  readonly retryAfter: number | null;
}

/** The client's side. Exactly one of `end`, `fail`, `answer`, `error` comes last. */
export interface CallSink {
  /** The first content is there: headers go out now, nothing can be taken back. */
  open(answered: Answered): void;
  /** One event, without the blank line that ends it. False: wait for `resume`. */
  event(raw: string): boolean;
  /** The stream is complete. */
  end(): void;
  /** The stream broke after its first content; OpenAI-shaped error. */
  fail(json: Readonly<Record<string, unknown>>): void;
  /** A whole answer. */
  answer(status: number, body: Buffer | string, answered: Answered): void;
  error(error: CallError): void;
}

export interface RunningCall {
  /** The client has gone. */
  abort(): void;
  /** The client reads again. */
  resume(): void;
}
