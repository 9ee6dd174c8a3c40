// What the panels of resilience-dashboard.yaml can ask for. The names are those of the source document and their like.
import type { KpiId } from './kpi/model.js';

/** ms of a window by its name. */
export const WINDOWS = {
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 604_800_000,
  '30d': 2_592_000_000,
} as const;
export type WindowName = keyof typeof WINDOWS;

const GAUGES: Readonly<Record<string, KpiId>> = {
  uptime_percentage: 'uptime',
  failover_time_seconds: 'failover_time',
  recovery_time_seconds: 'recovery_time',
  backup_success_percentage: 'backup_success',
  sync_latency_seconds: 'sync_latency',
  false_positive_percentage: 'false_positive_rate',
};

const TIMELINES = ['healing_log', 'failovers', 'backups', 'conflicts', 'journal'] as const;
export type TimelineName = (typeof TIMELINES)[number];

/** Rows of a table and the columns that they have. */
export const TABLES = {
  backup_files: ['file', 'destination', 'last_backup', 'verified', 'hash_match', 'hash', 'status'],
  providers: ['provider', 'model', 'state', 'since', 'detail'],
  incidents: ['incident', 'subject', 'state', 'detected', 'cause', 'action'],
  conflicts: ['file', 'at', 'how'],
  nodes: ['node', 'last_seen', 'state'],
  schedules: ['schedule', 'next', 'last', 'state'],
  kpis: ['kpi', 'value', 'target', 'n', 'verdict'],
} as const;
export type TableName = keyof typeof TABLES;

/** `uptime_percentage_24h`; null: there is no such gauge. */
export function gaugeOf(query: string): { readonly kpi: KpiId; readonly window: WindowName } | null {
  const [, word = '', window = ''] = /^(.+)_([0-9]+[hd])$/.exec(query) ?? [];
  const kpi = Object.hasOwn(GAUGES, word) ? GAUGES[word] : undefined;
  return kpi === undefined || !isWindow(window) ? null : { kpi, window };
}

/** `healing_log_last_24h`; null: there is no such timeline. */
export function timelineOf(
  query: string,
): { readonly what: TimelineName; readonly window: WindowName } | null {
  const [, word = '', window = ''] = /^(.+)_last_([0-9]+[hd])$/.exec(query) ?? [];
  const what = TIMELINES.find((each) => each === word);
  return what === undefined || !isWindow(window) ? null : { what, window };
}

export function tableOf(query: string): TableName | null {
  return Object.hasOwn(TABLES, query) ? (query as TableName) : null;
}

function isWindow(text: string): text is WindowName {
  return Object.hasOwn(WINDOWS, text);
}

const windows = Object.keys(WINDOWS).join(', ');

/** For messages: what may stand there. */
export const MAY_BE = {
  gauge: `one of ${Object.keys(GAUGES).join(', ')}, each with _ and a window (${windows}), for example uptime_percentage_24h`,
  timeline: `one of ${TIMELINES.join(', ')}, each with _last_ and a window (${windows}), for example healing_log_last_24h`,
  table: `one of ${Object.keys(TABLES).join(', ')}`,
} as const;
