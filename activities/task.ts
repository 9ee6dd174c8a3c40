// What a step is given by whoever runs it: Temporal's worker, a command, a bench.
import type { CancelSignal } from '../domain/backup/ports.js';

/** What a long step gets from its caller: a way to say that it is alive, and to hear that it must stop. */
export interface Task {
  progress(detail: string): void;
  readonly signal: CancelSignal;
}
