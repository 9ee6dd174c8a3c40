import { setTimeout as sleep } from 'node:timers/promises';
import type { CancelSignal } from '../domain/backup/ports.js';

/** Waits so many ms; ends early, and quietly, when the signal is aborted. */
export async function wait(ms: number, signal: CancelSignal): Promise<void> {
  const ended = new AbortController();
  const end = () => ended.abort();
  if (signal.aborted) return;
  signal.addEventListener('abort', end);
  await sleep(ms, undefined, { signal: ended.signal }).catch(() => undefined);
  signal.removeEventListener('abort', end);
}
