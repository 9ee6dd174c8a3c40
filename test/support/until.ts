import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Polls until `probe` gives something true and returns it; a throw counts as "not yet". Fails with the
 * last reason after `timeout` ms.
 */
export async function until<T>(probe: () => Promise<T> | T, timeout = 40_000): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeout;
  let last: unknown = 'it never became true';
  while (Date.now() < deadline) {
    try {
      const value = await probe();
      if (value) return value;
    } catch (error) {
      last = error;
    }
    await sleep(50);
  }
  throw new Error(`not in ${timeout} ms: ${String(last)}`);
}
