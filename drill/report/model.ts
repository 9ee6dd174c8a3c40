// What a drill leaves behind. Every form of it (JSON, Markdown, HTML, terminal) is made of this alone.
import type { Kpi } from '../../domain/kpi/model.js';
import type { Verdict } from '../scenario.js';

export const REPORT_VERSION = 1;

/** The machine that it ran on: what the times depend on. */
export interface MachineFacts {
  readonly cpu: string;
  readonly cores: number;
  readonly memory_bytes: number;
  readonly system: string;
  readonly node: string;
  readonly nxs: string;
  readonly temporal: string;
}

/** From the moment at which the fault was in force, ms; null: it did not come to that, or has no meaning there. */
export interface Delays {
  readonly detect_ms: number | null;
  readonly decide_ms: number | null;
  readonly act_ms: number | null;
  readonly verify_ms: number | null;
}

export interface ScenarioReport {
  readonly group: string;
  readonly name: string;
  readonly hypothesis: string;
  readonly verdict: Verdict;
  readonly detail: string;
  /** null: the fault was not shown to be in force. */
  readonly proof: string | null;
  /** The fault was put in as a reading. */
  readonly injected: boolean;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly duration_ms: number;
  /** ISO 8601, UTC; null: it never was, or has no meaning (nothing is broken on purpose). */
  readonly fault: string | null;
  readonly delays: Delays | null;
  readonly incidents: readonly string[];
  readonly failovers_ms: readonly number[];
}

export interface DrillReport {
  readonly version: typeof REPORT_VERSION;
  readonly verdict: Verdict;
  readonly seed: number;
  /** What was broken on purpose, so that the drill has to fail. */
  readonly broken: 'healer' | null;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly duration_ms: number;
  readonly machine: MachineFacts;
  readonly scenarios: readonly ScenarioReport[];
  readonly kpis: readonly Kpi[];
  /** Sentences about what the KPIs leave out. */
  readonly notes: readonly string[];
}
