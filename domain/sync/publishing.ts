// How a node goes on when others publish faster than it. The hub knows no lock: who comes second fetches, merges and tries again.

/** Tries of one cycle; the next cycle goes on. */
export const PUBLISH_TRIES = 8;

/** Between two tries, ms: enough for the others to be through, apart enough not to meet again. */
const PAUSE_MS = [50, 500] as const;

/** ms to wait before another try. `random`: in [0, 1). */
export function publishPause(random: number): number {
  const [least, most] = PAUSE_MS;
  return least + random * (most - least);
}
