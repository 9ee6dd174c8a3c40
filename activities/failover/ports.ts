// What the failover activities need of the world. Breaker state lives in the front's process; prompts and answers in files.
import type { AttemptInput, Order, Usage } from '../contracts.js';
import type { CancelSignal } from '../../domain/backup/ports.js';
import type { Observation } from '../../domain/failover/fault.js';
import type { NamedReading } from '../../domain/failover/manager.js';
import type { ProviderRules } from '../../domain/failover/provider.js';
import type { CallEnd, Reading } from '../../domain/failover/record.js';
import type { RequestFacts } from '../../domain/failover/request.js';
import type { Switch } from '../../domain/failover/switching.js';

export type Json = Readonly<Record<string, unknown>>;

export interface Leave {
  /** To be settled once. */
  readonly id: string;
  readonly provider: string;
  /** ms of silence before the first content that end the attempt. */
  readonly firstByte: number;
  readonly idle: number;
}

export type Claimed =
  | { readonly grant: Leave }
  | { readonly none: { readonly retryAfter: number | null; readonly reason: string } };

/** The front's desk. */
export interface FrontPort {
  claim(input: {
    readonly facts: RequestFacts;
    readonly tried: readonly string[];
    readonly excluded: readonly string[];
  }): Promise<Claimed>;
  settle(id: string, end: CallEnd): Promise<void>;
  looked(readings: readonly NamedReading[]): Promise<void>;
  switchTo(next: Switch): Promise<Order>;
  reset(name: string | null): Promise<Order>;
  /** Names whose breaker is not closed. */
  troubled(): Promise<ReadonlySet<string>>;
}

/** What is kept of an attempt that ended with words of the provider: an answer, or its own error. */
export interface KeptAnswer {
  readonly provider: string;
  readonly model: string | null;
  readonly status: number;
  readonly usage: Usage | null;
  readonly ms: number;
  readonly body: Json;
}

/** Claim-check files. */
export interface CallFiles {
  /** The client's body. Throws NxsError STATE_UNREADABLE when it is not there. */
  request(ref: string): Promise<Json>;
  /** null: there is none. */
  answer(ref: string, number: number): Promise<KeptAnswer | null>;
  keep(ref: string, number: number, kept: KeptAnswer): Promise<void>;
}

export interface ProviderCall {
  readonly provider: ProviderRules;
  readonly path: AttemptInput['path'];
  readonly facts: RequestFacts;
  readonly body: Json;
  readonly firstByte: number;
  readonly idle: number;
  /** ms since the epoch. */
  readonly deadline: number;
  readonly signal: CancelSignal;
  /** The first content is there. */
  readonly onFirst: () => void;
}

export type ProviderEnd =
  | {
      readonly kind: 'complete';
      readonly status: number;
      readonly json: Json;
      /** ms to the first content; null: the form of the call does not show it. */
      readonly first: number | null;
      readonly whole: number;
    }
  | {
      readonly kind: 'fault';
      readonly observation: Observation;
      /** The provider's own error, for giving it back. */
      readonly response: { readonly status: number; readonly json: Json | null } | null;
      /** What is loaded there is found anew: the same provider may take it now. */
      readonly again: boolean;
    };

export interface FailoverPorts {
  /** Those that are configured. */
  readonly providers: readonly ProviderRules[];
  readonly front: FrontPort;
  readonly files: CallFiles;
  /** Never rejects: whatever happens is an end. */
  ask(call: ProviderCall): Promise<ProviderEnd>;
  /** A look that generates nothing. Never rejects. */
  probe(name: string, timeoutMs: number, signal: CancelSignal): Promise<Reading>;
  /** Aborted as soon as the worker is asked to stop, long before it cancels what still runs. */
  readonly stopping: CancelSignal;
  /** ms since the epoch. */
  now(): number;
  random(): number;
  /** Resolves early, and never rejects, when the signal aborts. */
  wait(ms: number, signal: CancelSignal): Promise<void>;
}
