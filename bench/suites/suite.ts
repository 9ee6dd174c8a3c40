import type { Row } from '../measure/row.js';
import type { Scratch } from '../subjects/scratch.js';

export interface SuiteOptions {
  readonly rounds: number;
  /** Peers that are too large to be fetched unasked: `--with litellm`. */
  readonly with: readonly string[];
  /** Progress, for a person who waits. */
  readonly say: (line: string) => void;
}

export interface Suite {
  readonly summary: string;
  readonly run: (scratch: Scratch, options: SuiteOptions) => Promise<readonly Row[]>;
}
