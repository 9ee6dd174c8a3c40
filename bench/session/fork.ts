// A suite in a process of its own, so that its memory, sockets and state of the garbage collector are none of the next one's.
import { fork } from 'node:child_process';
import type { Order } from './options.js';
import type { Result } from './outcome.js';

/** A process that is asked to end and does not is killed after so long, ms. */
const GRACE_MS = 10_000;

/**
 * Runs `entry` with the order as its only argument and waits until it is gone. Rejects when it ended without a result.
 * @param cut ends it
 */
export async function forkSuite(entry: string, order: Order, cut: AbortSignal): Promise<Result> {
  // Figures that are no number (NaN) would not survive JSON.
  const child = fork(entry, [JSON.stringify(order)], { serialization: 'advanced' });
  const results: Result[] = [];
  child.on('message', (message) => results.push(message as Result));
  const gone = new AbortController();
  const end = () => {
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    gone.signal.addEventListener('abort', () => clearTimeout(killer));
  };
  cut.addEventListener('abort', end, { signal: gone.signal });
  try {
    const how = await new Promise<string>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(signal ?? `exit code ${String(code)}`));
    });
    const [result] = results;
    if (result === undefined) throw new Error(`its process ended without a result (${how})`);
    return result;
  } finally {
    gone.abort();
  }
}
