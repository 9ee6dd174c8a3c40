// What people are told. Every notice belongs to an incident, so that the same trouble is told once, and its end as well.

export type NoticeLevel = 'info' | 'warning' | 'critical';

/** `raised`: trouble, told once per incident until it is resolved; `resolved`: its end, told only when it was told before. */
export interface Notice {
  /** Names the trouble, not the occurrence: `backup/github/denied`. */
  readonly incident: string;
  readonly state: 'raised' | 'resolved';
  readonly level: NoticeLevel;
  /** A few words. */
  readonly title: string;
  /** What happened, where, and what to do; never a secret. */
  readonly text: string;
}
