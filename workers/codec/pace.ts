// A bucket of permits that fills with time: bursts are fine (the web UI asks once for each payload of a page), a flood is not.

export interface Pace {
  /** Permits that fit into the bucket. */
  readonly burst: number;
  /** Permits that come back in a second. */
  readonly perSecond: number;
}

/** Takes a permit, or says that there is none. `now` in ms. */
export function openPace(
  { burst, perSecond }: Pace,
  now: () => number = () => performance.now(),
): () => boolean {
  let permits = burst;
  let seen = now();
  return () => {
    const at = now();
    permits = Math.min(burst, permits + (Math.max(0, at - seen) / 1000) * perSecond);
    seen = at;
    if (permits < 1) return false;
    permits -= 1;
    return true;
  };
}
