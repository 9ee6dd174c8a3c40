// Times out of other people's commits and replies. A year 10000 or a zone of 99 hours is a valid commit, and no date to JavaScript.

/** ISO 8601 in UTC of a text or of ms since the epoch; the epoch for what is no time. Never throws. */
export function isoOf(time: string | number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString();
}
