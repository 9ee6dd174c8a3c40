// A pause that a provider asked for. It is healthy, so its breaker knows nothing of it; but a call in the pause is wasted, and
// many providers lengthen the pause for it.

/** Times in ms since the epoch. */
export interface Pause {
  readonly since: number;
  readonly until: number;
  readonly reason: string;
  /** Pauses in a row, without a good answer after them. */
  readonly times: number;
}

/** First pause after a 429 that names none, ms; it doubles up to `LONGEST`. */
const FIRST = 2_000;
const LONGEST = 60_000;

/**
 * The pause after one more refusal. `asked`: the wait that it named, ms, or null. Calls that ran beside each other meet
 * one and the same limit: that is one pause, not several in a row, and the latest end counts.
 */
export function pauseAfter(before: Pause | null, asked: number | null, reason: string, now: number): Pause {
  const running = before !== null && now < before.until;
  const times = (before?.times ?? 0) + (running ? 0 : 1);
  const wait = asked ?? Math.min(LONGEST, FIRST * 2 ** (times - 1));
  return { since: now, until: Math.max(running ? before.until : 0, now + wait), reason, times };
}

/** The pause as it holds now: when the clock was set back behind its begin, it keeps its length and begins now. */
export function pauseNow(pause: Pause, now: number): Pause {
  return now < pause.since ? { ...pause, since: now, until: now + pause.until - pause.since } : pause;
}
