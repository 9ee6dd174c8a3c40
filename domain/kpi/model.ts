// The seed's six KPIs, as everybody shows them: CLI, page, JSON, Prometheus, the drill's report.

export const KPI_IDS = [
  'uptime',
  'failover_time',
  'recovery_time',
  'backup_success',
  'sync_latency',
  'false_positive_rate',
] as const;

export type KpiId = (typeof KPI_IDS)[number];

/** `too_few`: nothing was measured, or too little to say either. */
export type Verdict = 'met' | 'missed' | 'too_few';

/** Times of a KPI that is a time, seconds, nearest rank. */
export interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

export interface Kpi {
  readonly id: KpiId;
  /** As the source document calls it. */
  readonly name: string;
  readonly unit: 'percent' | 'seconds';
  /** A percentage, or the p95 in seconds; null: nothing was measured. */
  readonly value: number | null;
  readonly target: number;
  /** Which side of the target is good: `>` or `<`, the target itself is not. */
  readonly good: '>' | '<';
  /** Measurements (calls, incidents, runs, cycles); for uptime the minutes that are known. */
  readonly n: number;
  readonly verdict: Verdict;
  /** null: it is no time, or nothing was measured. */
  readonly spread: Spread | null;
  /** How it is measured, in one line. */
  readonly definition: string;
  /** What is not counted and how much of it there was; null: nothing. */
  readonly unknown: string | null;
}

/** What may still go wrong before the uptime's target is missed (Site Reliability Workbook, chapter 5). */
export interface ErrorBudget {
  /** Minutes of downtime that the target allows in the window. */
  readonly allowed_min: number;
  /** Below 0: missed. */
  readonly left_min: number;
  /** Speed at which it is used, 1: exactly used up at the end of the window; null: too little is known of that time. */
  readonly burn_1h: number | null;
  readonly burn_6h: number | null;
}

export interface KpiReport {
  readonly node: string;
  /** ISO 8601, UTC. */
  readonly from: string;
  readonly to: string;
  readonly kpis: readonly Kpi[];
  readonly budget: ErrorBudget;
}
