// The words of self-healing. A reading that could not be taken is unknown: it never starts anything, and never counts as well.

/** The six levels of the source document's hierarchy (section 4), mildest first. */
export const LEVELS = [1, 2, 3, 4, 5, 6] as const;
export type Level = (typeof LEVELS)[number];

/** Action ids, as in the source document; one for each level. */
export const ACTIONS = {
  1: 'clear_caches',
  2: 'restart_services',
  3: 'failover_provider',
  4: 'reload_extensions',
  5: 'full_restart',
  6: 'restore_backup',
} as const satisfies Readonly<Record<Level, string>>;
export type Action = (typeof ACTIONS)[Level];

export type Permission = 'auto' | 'notify' | 'approve';

export const ANOMALY_KINDS = [
  'memory_warning',
  'memory_critical',
  'disk_critical',
  'service_down',
  'provider_failure',
  'extension_crash',
  'unresponsive',
  'data_corruption',
] as const;
export type AnomalyKind = (typeof ANOMALY_KINDS)[number];

export type State = 'good' | 'bad' | 'unknown';

/** One look at one subject. */
export interface Reading {
  readonly state: State;
  /** A few words for a person: what was seen, or why nothing could be seen. Never a secret. */
  readonly detail: string;
  /** What was measured, in the subject's own unit (percent for memory and disks, ms for lag); null: nothing is measured. */
  readonly value: number | null;
}

/**
 * What is looked at: `memory`, `disk:/mount`, `service:NAME`, `extension:NAME`, `providers`, `system`, `data`. Names an incident's
 * target as well.
 */
export type Subject = string;

/** Something that is wrong and stays so; one at a time for each subject. */
export interface Anomaly {
  readonly subject: Subject;
  readonly kind: AnomalyKind;
  /** What was seen, for a person. */
  readonly detail: string;
  readonly value: number | null;
  /** ms since the epoch: the first bad reading of those that made it one. */
  readonly since: number;
  /** ms since the epoch: when it counted as one. */
  readonly detected: number;
  /** Paths below the data directory whose content is damaged; empty unless the kind is data_corruption. */
  readonly paths: readonly string[];
}

/** The name behind the colon of a subject (`mihomo` of `service:mihomo`), or null. */
export function targetOf(subject: Subject): string | null {
  const at = subject.indexOf(':');
  return at < 0 ? null : subject.slice(at + 1);
}

/** One thing that can be wrong: a subject, in one way. */
export function thingOf({ subject, kind }: Pick<Anomaly, 'subject' | 'kind'>): string {
  return `${subject} ${kind}`;
}
