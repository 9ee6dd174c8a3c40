// Versions of Temporal's CLI. The SQLite file is only safe with the version that wrote it, or a newer one.

/** Below this `server start-dev` does not know `--ui-disable-news-fetch` and ends at once (tried: 1.6.2 and 1.8.0). */
const NEWS_FLAG_SINCE = '1.8.0';

/**
 * Negative when `a` is older than `b`, 0 when they are the same release. What stands behind the three numbers (a
 * pre-release, a build) does not count; a text without numbers counts as 0.0.0.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (const [index, number] of left.entries()) {
    const difference = number - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** True for `1.9.1` and what may stand behind it; a garbled file holds something else. */
export function isVersion(text: string): boolean {
  return /^\d+\.\d+\.\d+[\w.+-]{0,40}$/.test(text);
}

/** Does this version fetch news for its web UI unless it is told not to? */
export function knowsNewsFlag(version: string): boolean {
  return compareVersions(version, NEWS_FLAG_SINCE) >= 0;
}

function numbersOf(version: string): readonly [number, number, number] {
  const [, major = '0', minor = '0', patch = '0'] = /^(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [];
  return [Number(major), Number(minor), Number(patch)];
}
