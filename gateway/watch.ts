// What the engine tells about its work, for metrics and journal. Nothing here may throw or wait.
import type { Fault } from '../domain/failover/fault.js';

export type CallResult = 'answered' | 'error' | 'broken' | 'aborted';

export interface Failover {
  /** Who failed, or was silent, first. */
  readonly from: string;
  /** Who gave the first good content. */
  readonly to: string;
  /** Fault, or `silent`. */
  readonly reason: Fault | 'silent';
  /** ms from the first sign of failure (the start of the call that failed or stayed silent) to the first good content. */
  readonly ms: number;
  readonly lane: 'direct' | 'durable';
}

export interface Watch {
  /** One attempt has ended; `fault` null: it answered. `first` is the time to its first content, ms. */
  attempt(provider: string, fault: Fault | null, first: number | null): void;
  hedged(provider: string): void;
  failover(failover: Failover): void;
  /** A client's call is over. `ms` since it began. */
  call(lane: 'direct' | 'durable', result: CallResult, ms: number): void;
}
