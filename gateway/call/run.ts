// One attempt of a call: what it has said so far, and whether it still matters.
import type { Attempt } from '../../adapters/llm/attempt-types.js';
import type { StreamEvent } from '../../domain/openai/stream-event.js';
import type { Grant } from '../desk.js';

export interface Run {
  readonly grant: Grant;
  /** ms, monotonic. */
  readonly began: number;
  attempt: Attempt | null;
  /** Events from before its first content: shown only if it wins. */
  held: StreamEvent[];
  /** ms from its start to its first content; null before. */
  first: number | null;
  hedge: NodeJS.Timeout | null;
  /** Silent past its limit. */
  suspected: boolean;
  /** Kept after another one won, to learn whether it was slow or dead. */
  witness: boolean;
  /** Over, or not ours any more: what it still says is dropped. */
  done: boolean;
}

export function newRun(grant: Grant): Run {
  return {
    grant,
    began: performance.now(),
    attempt: null,
    held: [],
    first: null,
    hedge: null,
    suspected: false,
    witness: false,
    done: false,
  };
}

export function stopHedge(run: Run): void {
  if (run.hedge !== null) clearTimeout(run.hedge);
  run.hedge = null;
}
