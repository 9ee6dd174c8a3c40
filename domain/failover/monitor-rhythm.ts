// How often the health monitor looks. Close to a provider that is in trouble, so that it takes over again soon; seldom
// otherwise: a look costs somebody's server a request.

const CALM = 15_000;
const CLOSE = 2_000;
/** Share by which a wait varies, so that many nodes do not look in step. */
const JITTER = 0.1;
/** Longest look, ms. */
const PROBE_MOST = 5_000;

/** ms until the next look. `trouble`: the last reading was bad or its breaker is not closed. `random` in [0, 1). */
export function nextLook(trouble: boolean, random: number): number {
  return (trouble ? CLOSE : CALM) * (1 + JITTER * (2 * random - 1));
}

/** ms that one look may take: less where the provider itself has less. */
export function probeTimeout(providerTimeout: number): number {
  return Math.min(PROBE_MOST, providerTimeout);
}
