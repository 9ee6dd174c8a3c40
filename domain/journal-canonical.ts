// Two writers, or two versions of us, must render one event to the same bytes: its hash stands on them.

/**
 * JSON with the keys of every object sorted by UTF-16 code unit and no white space; keys whose value is
 * `undefined` are left out, as in JSON.stringify. Throws TypeError for what JSON cannot carry
 * (NaN, infinities, functions, bigint), because a silent `null` would hash well and mean nothing.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value).filter((entry) => entry[1] !== undefined);
    entries.sort((left, right) => (left[0] < right[0] ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  throw new TypeError(`a ${typeof value} has no JSON form`);
}
