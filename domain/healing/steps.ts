// What workflow and activities of self-healing say to each other. Small, and without a command that could be run: those stay with
// the worker's own configuration, under the plan hash.
import type { GateRules } from '../gate/gate.js';
import type { Skipped, Tried } from './ladder.js';
import type { Action, Anomaly, Level, Permission } from './model.js';
import type { Blind } from './watch.js';

export interface HostWatch {
  readonly anomalies: readonly Anomaly[];
  readonly blind: readonly Blind[];
}

export interface IncidentRef {
  /** Id of the incident: last part of its workflow id. */
  readonly incident: string;
}

export interface OpenIncidentInput extends IncidentRef {
  readonly anomaly: Anomaly;
  readonly workflowId: string;
  /** Who triggered it; null: the monitor. */
  readonly by: string | null;
}

export interface PlanStepInput extends IncidentRef {
  readonly anomaly: Anomaly;
  readonly tried: readonly Tried[];
  /** Number of the attempt, from 1. */
  readonly attempt: number;
  readonly by: string | null;
}

/** What is to be done, without its commands: those stay with the worker, under the plan hash. */
export interface PlannedAct extends IncidentRef {
  readonly request: string;
  readonly level: Level;
  readonly action: Action;
  readonly target: string;
  readonly permission: Permission;
  readonly planHash: string;
  /** Redacted, for people. */
  readonly commands: readonly string[];
  readonly downtime: string;
  readonly dataLoss: string;
  /** Level 6: files to bring back, by a workflow of its own. */
  readonly restore: readonly string[] | null;
  /** ms */
  readonly grace: number;
  /** The person who triggered it; null: the monitor. */
  readonly askedBy: string | null;
  /** ms that a denied or unanswered question rests. */
  readonly snooze: number;
  readonly gate: GateRules;
}

export type PlannedStep =
  | { readonly kind: 'act'; readonly act: PlannedAct; readonly skipped: readonly Skipped[] }
  | { readonly kind: 'held'; readonly until: number; readonly reason: string }
  | { readonly kind: 'exhausted'; readonly reason: string; readonly skipped: readonly Skipped[] }
  | { readonly kind: 'cleared'; readonly detail: string };

export interface AskInput extends IncidentRef {
  readonly act: PlannedAct;
  readonly anomaly: Anomaly;
  /** ms */
  readonly opened: number;
  readonly expires: number;
}

export interface AnswerNote extends IncidentRef {
  readonly request: string | null;
  readonly verdict: 'approve' | 'deny' | 'expired' | 'withdrawn';
  readonly by: string;
  readonly reason: string;
  readonly verified: boolean;
  readonly accepted: boolean;
  readonly sentence: string;
  /** The question is over by it. */
  readonly final: boolean;
  /** Tells apart what would be the same line. */
  readonly serial: number;
}

export interface ActInput extends IncidentRef {
  readonly act: PlannedAct;
  readonly anomaly: Anomaly;
  readonly tried: readonly Tried[];
  /** Whom the approval came from; null: none was needed. */
  readonly approvedBy: string | null;
}

export type ActDone =
  | { readonly state: 'completed' | 'failed' | 'unknown'; readonly detail: string }
  | { readonly state: 'held'; readonly until: number; readonly reason: string }
  /** What would run now is not what was decided, or approved. */
  | { readonly state: 'plan_changed' };

export interface VerifyHealedInput extends IncidentRef {
  readonly request: string;
  readonly anomaly: Anomaly;
  /** ms until it must be well. */
  readonly grace: number;
}

export interface HealedResult {
  readonly healed: boolean;
  readonly detail: string;
}

export interface CloseIncidentInput extends IncidentRef {
  readonly anomaly: Anomaly;
  readonly outcome: 'healed' | 'cleared' | 'cancelled';
  readonly level: Level | null;
  readonly summary: string;
  /** ms since the epoch; null: it did not come to that. */
  readonly decided: number | null;
  readonly acted: number | null;
  readonly verified: number | null;
  readonly ended: number;
  /** The question that is open then; null: none. */
  readonly question: string | null;
}

export interface SignatureInput extends IncidentRef {
  readonly request: string;
  readonly planHash: string;
  readonly verdict: 'approve' | 'deny';
  readonly by: string;
  readonly signature: string | null;
}

export interface BlindNote {
  readonly blind: readonly Blind[];
  readonly over: readonly Blind[];
  readonly serial: string;
}

export interface RunOfIncident {
  readonly workflowId: string;
  readonly runId: string;
}

export interface ClearInput {
  readonly anomaly: Anomaly;
  /**
   * `free`: it also ends when no brake holds what comes next. `possible`: when a level can be taken that could not (the configuration was
   * mended, another provider is back). null: only when it is well.
   */
  readonly wake: { readonly on: 'free' | 'possible'; readonly tried: readonly Tried[] } | null;
}

export interface Cleared {
  /** false: it is ill, and may be healed now. */
  readonly well: boolean;
  readonly detail: string;
}

export interface StuckNote extends IncidentRef {
  readonly anomaly: Anomaly;
  readonly reason: string;
  readonly skipped: readonly Skipped[];
  readonly serial: number;
}
