import type { Row } from '../measure/row.js';

/** What became of one suite. Seconds are those of its whole process. */
export type Outcome = Measured | Failed;

export interface Measured {
  readonly kind: 'measured';
  readonly suite: string;
  readonly machine: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly rows: readonly Row[];
}

export interface Failed {
  readonly kind: 'failed';
  readonly suite: string;
  readonly seconds: number;
  /** One line. */
  readonly error: string;
}

/** What the process of a suite sends before it ends. */
export type Result = Pick<Measured, 'kind' | 'machine' | 'rows'> | Pick<Failed, 'kind' | 'error'>;
