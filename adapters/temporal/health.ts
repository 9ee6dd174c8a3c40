import { Connection } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage, NxsError } from '../../domain/errors.js';
import { safeInterceptors } from './closed-calls.js';

export interface WaitOptions {
  /** Milliseconds until NxsError TEMPORAL_UNREACHABLE. */
  readonly timeout: number;
  /** Aborting it ends the wait with NxsError CANCELLED. */
  readonly signal?: AbortSignal;
}

/**
 * Waits until the frontend answers a system-info call: the process may listen for a while before it
 * serves. `address` is host:port, without TLS (the embedded server).
 */
export async function waitForTemporal(address: string, options: WaitOptions): Promise<void> {
  const deadline = performance.now() + options.timeout;
  let last: unknown = null;
  while (performance.now() < deadline) {
    if (options.signal?.aborted === true)
      throw new NxsError('CANCELLED', 'Stopped while waiting for Temporal.');
    try {
      const connection = await Connection.connect({
        address,
        connectTimeout: 1000,
        interceptors: safeInterceptors(),
      });
      await connection.close();
      return;
    } catch (error) {
      last = error;
      await sleep(50);
    }
  }
  throw new NxsError(
    'TEMPORAL_UNREACHABLE',
    `Temporal at ${address} did not answer in ${options.timeout / 1000} s: ${errorMessage(last)}`,
    { address },
  );
}
