// A wait that cannot be believed is no wait: a wrong one would keep a healthy provider out, or hammer a sick one.

/** Header values by lower-case name, as Node and undici give them. */
export type HeaderValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The longest wait that is taken from a provider, ms; what is longer counts as this. */
export const LONGEST_WAIT = 3_600_000;

/**
 * How long a provider asks us to stay away, ms (1 to LONGEST_WAIT); null when it does not say, says what
 * makes no sense, or names a moment that has passed. In this order: `retry-after-ms` (OpenAI, Azure; more exact
 * than the next), `retry-after` (RFC 9110, 10.2.3: seconds or a date), `x-ratelimit-reset…` of each limit that is
 * used up. `now`: ms since the epoch.
 */
export function retryAfterOf(headers: HeaderValues, now: number): number | null {
  const exact = numberOf(text(headers, 'retry-after-ms'));
  if (exact !== null) return bounded(exact);
  const plain = text(headers, 'retry-after');
  const seconds = numberOf(plain);
  if (seconds !== null) return bounded(seconds * 1000);
  const date = httpDate(plain);
  if (date !== null) return bounded(date - now);
  return limitReset(headers, now);
}

/**
 * The same from an error's message ("Please try again in 6m0s", "retry after 26 seconds"): Azure, Groq and
 * Moonshot say it only there. ms, or null.
 */
export function waitInMessage(message: string): number | null {
  const found = /\b(?:try again|retry)\s+(?:in|after)\s+([\d.]+\s*[a-z]+(?:[\d.]+[a-z]+)*)/i.exec(message);
  return found?.[1] === undefined ? null : bounded(durationOf(found[1].replace(/\s+/g, '').toLowerCase()));
}

function limitReset(headers: HeaderValues, now: number): number | null {
  const waits = ['', '-requests', '-tokens'].map((limit) => {
    const left = numberOf(text(headers, `x-ratelimit-remaining${limit}`));
    if (left !== null && left > 0) return null;
    return bounded(resetOf(text(headers, `x-ratelimit-reset${limit}`), now));
  });
  const known = waits.filter((wait) => wait !== null);
  return known.length === 0 ? null : Math.max(...known);
}

// OpenAI and Groq: "6m0s", "20ms". OpenRouter: ms since the epoch. Others: seconds since the epoch, or from now.
function resetOf(value: string, now: number): number | null {
  const number = numberOf(value);
  if (number === null) return durationOf(value.toLowerCase());
  if (number > 1e11) return number - now;
  return number > 1e9 ? number * 1000 - now : number * 1000;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function durationOf(value: string): number | null {
  if (!/^(?:\d+(?:\.\d+)?[a-z]+)+$/.test(value)) return null;
  let sum = 0;
  for (const [, amount, word = ''] of value.matchAll(/([\d.]+)([a-z]+)/g)) {
    const unit = UNITS[word] ?? (/^(sec|min|hour)/.test(word) ? UNITS[word.charAt(0)] : undefined);
    if (unit === undefined) return null;
    sum += Number(amount) * unit;
  }
  return sum;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const FIXED = /^[A-Z][a-z]+, (\d{2})[ -]([A-Z][a-z]{2})[ -](\d{4}|\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const ASCTIME = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/;

// Not Date.parse: it takes "5 apples" for a day in May, and the third form of RFC 9110, 5.6.7 for local time.
function httpDate(value: string): number | null {
  const fixed = FIXED.exec(value);
  if (fixed !== null) return utc(fixed[3], fixed[2], fixed[1], fixed.slice(4));
  const asctime = ASCTIME.exec(value);
  return asctime === null ? null : utc(asctime[6], asctime[1], asctime[2], asctime.slice(3, 6));
}

function utc(year = '', month = '', day = '', time: readonly string[] = []): number | null {
  const at = MONTHS.indexOf(month);
  const [hours, minutes, seconds] = time.map(Number);
  const full = Number(year) + (year.length === 2 ? 2000 : 0);
  return at === -1 ? null : Date.UTC(full, at, Number(day), hours, minutes, seconds);
}

function text(headers: HeaderValues, name: string): string {
  const value = headers[name];
  return (typeof value === 'string' ? value : (value?.[0] ?? '')).trim();
}

function numberOf(value: string): number | null {
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : null;
}

function bounded(wait: number | null): number | null {
  if (wait === null || !(wait > 0)) return null;
  return Math.min(LONGEST_WAIT, Math.max(1, Math.ceil(wait)));
}
