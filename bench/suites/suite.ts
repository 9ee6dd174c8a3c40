import type { Row } from '../measure/row.js';
import type { Scratch } from '../subjects/scratch.js';

export interface SuiteOptions {
  readonly rounds: number;
  /** ms without work, where a suite looks at what idling costs over a time that a person may choose. */
  readonly idle: number;
  /** Nodes of a fleet, and the minutes for which it is looked at. */
  readonly nodes: number;
  readonly minutes: number;
  /** Peers that are too large to be fetched unasked: `--with litellm`. */
  readonly with: readonly string[];
  /** Progress, for a person who waits. */
  readonly say: (line: string) => void;
}

export interface Suite {
  readonly summary: string;
  /** Rounds when the suite is named and nobody says how many; left out: 5. */
  readonly rounds?: number;
  /** It takes so long, or so much of the machine, that it runs only when it is named. */
  readonly onlyNamed?: boolean;
  readonly run: (scratch: Scratch, options: SuiteOptions) => Promise<readonly Row[]>;
}

export type Suites = Readonly<Record<string, Suite>>;
