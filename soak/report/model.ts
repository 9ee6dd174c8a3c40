// What a soak leaves. The JSON of `--report x.json` is this; fields may be added.
import type { MachineFacts } from '../../drill/report/model.js';
import type { Violation } from '../model.js';
import type { Planned } from '../plan/plan.js';
import type { ResourceRow } from '../watch/resources.js';

export const REPORT_VERSION = 1;

export interface Spread {
  readonly n: number;
  /** ms. */
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

export interface SoakReport {
  readonly version: number;
  /** INCONCLUSIVE: it was cut short, and nothing was wrong until then. */
  readonly verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE';
  readonly seed: number;
  readonly minutes: number;
  readonly only: readonly string[];
  readonly started: string;
  readonly duration_ms: number;
  readonly machine: MachineFacts;
  readonly invariants: readonly {
    readonly id: string;
    readonly promise: string;
    readonly checks: number;
    readonly violations: number;
  }[];
  readonly violations: readonly (Violation & { readonly offset_ms: number })[];
  readonly faults: readonly {
    readonly kind: string;
    readonly planned: number;
    readonly carried_out: number;
    /** From the moment at which it is taken away until what it hit was seen to be well. */
    readonly recovery: Spread | null;
  }[];
  readonly resources: readonly ResourceRow[];
  readonly histories: readonly {
    readonly type: string;
    readonly runs: number;
    readonly statuses: Readonly<Record<string, number>>;
    readonly events: number;
    readonly bytes: number;
  }[];
  /** Bytes by node and part. */
  readonly state: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** What was done meanwhile, in numbers. */
  readonly load: Readonly<Record<string, number>>;
  readonly plan: readonly Planned[];
}
