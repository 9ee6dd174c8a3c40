// Looking for what may not come: that it did not is an answer, on which a verdict rests.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding } from '../scenario.js';

/** The fault could not be made, so nothing can be said. */
export function inconclusive(detail: string): Finding {
  return { verdict: 'INCONCLUSIVE', detail, proof: null, injected: false, times: null, incidents: [] };
}

/** ms between two looks. */
const EVERY = 50;

/** Looks until it is there; null after `within` ms. A look that throws ends it. */
export async function lookFor<T>(
  within: number,
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
): Promise<T | null> {
  const end = performance.now() + within;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() >= end) return null;
    await sleep(EVERY);
  }
}

/** True when it stays so for `time` ms. */
export async function stays(time: number, look: () => Promise<boolean> | boolean): Promise<boolean> {
  return (await lookFor(time, async () => !(await look()))) === null;
}
