// What front and worker ask each other about providers, over the supervisor's IPC channel. Prompts and answers never
// travel here: they lie in owner-only files, named by id.
import type { CallEnd, Reading } from '../../domain/failover/record.js';
import type { RequestFacts } from '../../domain/failover/request.js';
import type { FailoverSnapshot } from '../../domain/failover/snapshot.js';
import type { Switch } from '../../domain/failover/switching.js';
import type { ProvidersView } from '../../gateway/view.js';

/** Calls that the worker makes; the front's desk answers. */
export interface FrontCalls {
  /** Asks for a provider for one attempt of a durable call; `tried`: names of each attempt so far, in order. */
  'failover.claim': (input: {
    readonly facts: RequestFacts;
    readonly tried: readonly string[];
    /** Providers that must not be asked again in this call. */
    readonly excluded: readonly string[];
  }) => Promise<
    | {
        readonly grant: {
          /** To be settled once; a worker that dies settles all of its grants as neutral. */
          readonly id: string;
          readonly provider: string;
          /** ms; the provider's own `timeout`. */
          readonly firstByte: number;
          readonly idle: number;
        };
      }
    | { readonly none: { readonly retryAfter: number | null; readonly reason: string } }
  >;
  'failover.settle': (input: { readonly id: string; readonly end: CallEnd }) => Promise<null>;
  /** Readings of the health monitor. */
  'failover.looked': (input: {
    readonly readings: readonly { readonly name: string; readonly reading: Reading }[];
  }) => Promise<null>;
  /** Puts a switch into force (the later `at` wins) and says what holds now. */
  'failover.switch': (input: Switch) => Promise<ProvidersView>;
  /** Clears breakers, pauses and limits; name null: of all. */
  'failover.reset': (input: { readonly name: string | null }) => Promise<ProvidersView>;
  /** Merges what the manager workflow knows; the later stamp wins. Answers with what holds afterwards. */
  'failover.restore': (input: { readonly snapshot: FailoverSnapshot }) => Promise<FailoverSnapshot>;
  'failover.view': (input: null) => Promise<ProvidersView>;
}

/** Calls that the front makes; the worker answers while it lives. */
export interface WorkerCalls {
  /** Brings the manager workflow up to date; idempotent. */
  'failover.report': (input: { readonly snapshot: FailoverSnapshot }) => Promise<null>;
  /** Starts, or finds again, the workflow of a durable call, and answers at its end. The body lies in the claim-check files. */
  'failover.complete': (input: {
    /** Last part of the workflow id, and name of the claim-check files. */
    readonly id: string;
    /** SHA-256 of the body: the same key with another body is refused. */
    readonly digest: string;
    readonly facts: RequestFacts;
    readonly path: '/chat/completions' | '/completions' | '/embeddings';
    readonly deadline: number;
    readonly hedgeAfter: number;
  }) => Promise<{
    readonly workflowId: string;
    readonly attempts: number;
    readonly provider: string | null;
    /** 200: the answer lies in the claim-check files; else an error. */
    readonly status: number;
    /** Number of the attempt whose file holds the answer, or the provider's own error; null: none. */
    readonly answer: number | null;
    /** OpenAI-shaped, ours; null when a file holds what the client gets. */
    readonly error: Readonly<Record<string, unknown>> | null;
    readonly retryAfter: number | null;
  }>;
}
