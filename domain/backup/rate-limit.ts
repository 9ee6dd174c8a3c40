// When an API may be called again. GitHub's rules: docs.github.com "Rate limits for the REST API" and "Best practices"
// (serial writes at least 1 s apart; retry-after; x-ratelimit-reset; else a minute and more, exponentially).

/** ms. */
const MINUTE = 60_000;
const HOUR = 3_600_000;
/** Longest wait that we choose ourselves, ms; a server may ask for more. */
const LONGEST = HOUR;
/** Longest wait that is believed, ms: a server that is broken, or hostile, must not stop backups for ever by one header. */
const BELIEVED = 24 * HOUR;
/** Small steps of a clock are everyday; a stamp further ahead than this was made by a wrong clock. */
const CLOCK_SLACK = 2 * MINUTE;

export interface Reply {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  /** The server's message, or empty. */
  readonly message: string;
}

export interface Gate {
  /** Epoch ms, in this machine's clock. */
  readonly until: number;
  readonly kind: 'primary' | 'secondary' | 'budget';
  /** A few words for a person. */
  readonly reason: string;
}

/**
 * Is this reply a limit, and until when? `strikes`: limited replies without a good one in between, which make the wait
 * longer where the server names none. Null: it is no limit.
 */
export function limitOf(reply: Reply, now: number, strikes: number): Gate | null {
  const { status, headers, message } = reply;
  if (status !== 403 && status !== 429) return null;
  const after = seconds(headers['retry-after']);
  const spent = String(headers['x-ratelimit-remaining'] ?? '') === '0';
  const said = /rate limit|abuse detection/i.test(message);
  if (after === null && !spent && !said && status !== 429) return null;
  if (after !== null) {
    const until = now + Math.min(after * 1000, BELIEVED);
    return { until, kind: 'secondary', reason: 'GitHub asked to wait (retry-after)' };
  }
  const reset = seconds(headers['x-ratelimit-reset']);
  if (spent && reset !== null) {
    // By the server's own clock, where it tells: ours may be wrong, and then the wait would be as well.
    const date = Date.parse(String(headers['date'] ?? ''));
    const there = Number.isNaN(date) ? now : date;
    const wait = Math.min(Math.max(0, reset * 1000 - there), 2 * HOUR) + 1000;
    return { until: now + wait, kind: 'primary', reason: "the token's requests of this hour are used up" };
  }
  const wait = Math.min(MINUTE * 2 ** Math.min(strikes, 6), LONGEST);
  return { until: now + wait, kind: 'secondary', reason: 'GitHub says that requests come too fast' };
}

function seconds(value: string | number | undefined): number | null {
  if (value === undefined || value === '') return null;
  const number = Number(value);
  return Number.isFinite(number) && number >= 0 ? number : null;
}

export interface Pace {
  /** ms between the starts of two writes. */
  readonly interval: number;
  readonly perMinute: number;
  readonly perHour: number;
}

/**
 * When the next write may start, given the starts of the earlier ones (epoch ms, any order). Null: now. A stamp in the
 * future (the clock was set back) does not count.
 */
export function nextWrite(writes: readonly number[], pace: Pace, now: number): Gate | null {
  const past = writes.filter((at) => at <= now + CLOCK_SLACK).sort((a, b) => b - a);
  const [last] = past;
  const gates: Gate[] = [];
  if (last !== undefined) {
    gates.push({ until: last + pace.interval, kind: 'budget', reason: 'writes are kept apart' });
  }
  const window = (length: number, most: number, name: string): void => {
    const oldest = past[most - 1];
    if (oldest === undefined) return;
    gates.push({ until: oldest + length, kind: 'budget', reason: `${most} writes per ${name} are made` });
  };
  window(MINUTE, pace.perMinute, 'minute');
  window(HOUR, pace.perHour, 'hour');
  const due = gates.filter(({ until }) => until > now).sort((a, b) => b.until - a.until);
  return due[0] ?? null;
}

/** The writes that still count for some window. */
export function recentWrites(writes: readonly number[], now: number): readonly number[] {
  return writes.filter((at) => at > now - HOUR && at <= now + CLOCK_SLACK);
}
