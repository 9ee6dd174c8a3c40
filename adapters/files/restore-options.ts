// What a restore and its undo have in common.
import type { RestoreSource } from './restore-stage.js';

export interface RestoreProgress {
  readonly phase: 'stage' | 'place';
  /** Files in the phase `place`, bytes in the phase `stage`. */
  readonly done: number;
  readonly total: number;
}

export interface RunOptions {
  /** Names the restore; the same id goes on with the same restore. Letters, digits, `.`, `_`, `-`. */
  readonly id: string;
  readonly source: RestoreSource;
  /** Absolute directory; made when it is missing. */
  readonly target: string;
  /** `<state>/undo`: what restores replaced. */
  readonly undoDir: string;
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  readonly progress?: (progress: RestoreProgress) => void;
  /** ms since the epoch. */
  readonly clock?: () => number;
}
