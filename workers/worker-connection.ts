import { NativeConnection } from '@temporalio/worker';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectionOptions, whyUnreachable } from '../adapters/temporal/connect.js';
import type { TemporalTarget } from '../adapters/temporal/target.js';
import type { Logger } from './log.js';

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2000;

/**
 * Connects however long Temporal takes to come up: the worker is started beside the engine, and an outage of
 * the server is no reason to die. Returns null when `signal` ends the wait. `waiting` hears now and then why it takes so long.
 */
export async function connectPatiently(
  target: TemporalTarget,
  log: Logger,
  signal: AbortSignal,
  waiting: (sentence: string) => void = () => undefined,
): Promise<NativeConnection | null> {
  const options = await connectionOptions(target);
  let wait = FIRST_WAIT_MS;
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      return await NativeConnection.connect(options);
    } catch (error) {
      if (attempt % 50 === 0) {
        const { message } = await whyUnreachable(target, error);
        log.warn(message);
        waiting(message);
      }
      await sleep(wait, undefined, { signal }).catch(() => undefined);
      // Quick at first, since the embedded engine serves within a second or two.
      wait = attempt < 40 ? FIRST_WAIT_MS : Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }
  return null;
}

/** True when the frontend answers within `timeout` ms. */
export async function answers(connection: NativeConnection, timeout: number): Promise<boolean> {
  try {
    await connection.withDeadline(Date.now() + timeout, () => connection.workflowService.getSystemInfo({}));
    return true;
  } catch {
    return false;
  }
}
