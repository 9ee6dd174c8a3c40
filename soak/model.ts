// What a soak sees and says. Times are ms since the epoch where nothing else is said.
import type { Planned } from './plan/plan.js';

/** What must hold, all the time and at the end. */
export const INVARIANTS = {
  content: 'no content that anybody wrote is lost',
  convergence: 'in the calm both nodes come to the same files',
  acts: 'each act runs once at most, and none that a person did not allow',
  durable: 'one Idempotency-Key has one answer',
  green: 'what a backup calls green is right in the destination, byte by byte',
  tamper: 'a damaged copy is found by the next verification and mended',
  gateway: 'while a provider is well no call fails',
  truncated: 'a cut answer is never given as a whole one',
  ready: 'everything is ready again soon after a fault',
  memory: 'memory of old processes does not grow',
  handles: 'open files and threads of old processes do not grow',
  processes: 'no zombie, no orphan, no second worker or engine',
  state: 'the state directory stays small and clean',
  histories: 'histories stay small, tasks do not fail in a loop, workflows end',
  journal: 'the journal verifies',
  kpis: 'the KPIs in memory are those of the whole journal',
  logs: 'no unexpected error in a log',
  secrets: 'no secret in logs, journal, histories or state',
  soak: 'the soak itself works',
} as const;
export type InvariantId = keyof typeof INVARIANTS;

export interface Violation {
  readonly invariant: InvariantId;
  readonly at: number;
  /** One sentence. */
  readonly what: string;
  readonly evidence: string;
  /** Faults in force, `kind target`. */
  readonly faults: readonly string[];
}

/** A fault as it was carried out. */
export interface Struck extends Planned {
  readonly began: number;
  /** When its end was begun (a dead process is started, say); null: not yet. */
  readonly lifting: number | null;
  /** null: still in force. */
  readonly lifted: number | null;
  /** What it hit was seen to be well again; null: not yet. */
  readonly recovered: number | null;
  /** What was done, in a few words. */
  readonly note: string;
}

/** Sentences of what is wrong; none: it holds. */
export type Problems = readonly Problem[];

export interface Problem {
  readonly what: string;
  readonly evidence: string;
}
