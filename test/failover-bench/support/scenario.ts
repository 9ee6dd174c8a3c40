// One fault, what it is to lead to, and how a run of it is judged. After Failover Bench v0.1 (failoverbench/failoverbench,
// scenarios/catalogue.yaml): its faults and limits, in words of our own.
import type { Heard } from '../../support/llm-heard.js';
import type { Attempt, Continuation, Script } from '../../support/llm-upstream.js';

/** Durations of the catalogue in ms of this run: a fault of 30 s is not waited for in every test. */
export type Scale = (ms: number) => number;

export interface Scenario {
  /** S01 … S16. */
  readonly id: string;
  /** Which of the ways in which this fault can come; null when there is one. */
  readonly variant: string | null;
  readonly fault: string;
  /** Its waits, its limits and the system's own time-outs shrink together; others keep their real length. */
  readonly scaled: boolean;
  /** ms after which the caller calls it a hang. */
  readonly patience: number;
  /** What a caller may hope for: the whole answer, or the provider's own reason for there being none. */
  readonly ideal: 'answer' | 'reason';
  readonly primary: (scale: Scale) => Script;
  /** What the fallback does when it is given the beginning of an answer. */
  readonly continuation: Continuation;
  readonly calls: 'one' | 'one, then a healthy one' | 'outage';
  readonly required: readonly Check[];
  readonly advisory: readonly Check[];
}

export interface Check {
  readonly what: string;
  holds(run: Run): boolean;
}

/** What happened. Times are in ms of this run. */
export interface Run {
  readonly scale: Scale;
  /** The call that met the fault. */
  readonly heard: Heard;
  /** All calls in order, with the time at which each began, ms from the first. */
  readonly all: readonly { readonly at: number; readonly heard: Heard }[];
  /** Arrivals at the primary, ms after the first call began. */
  readonly primary: readonly Arrival[];
  readonly fallback: readonly Arrival[];
  readonly models: { readonly primary: string; readonly fallback: string };
}

export type Arrival = Omit<Attempt, 'at'> & { readonly ms: number };
