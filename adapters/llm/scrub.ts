import type { AttemptEnd } from './attempt-types.js';

/**
 * An end as it may be told: some providers repeat the key that they refused in their error, and neither the client that
 * reads it nor the file that it is kept in is whom the key belongs to.
 */
export function withoutKey(end: AttemptEnd, key: string | null): AttemptEnd {
  if (key === null || key === '' || end.kind !== 'fault' || end.response === null) return end;
  const { status, json } = end.response;
  const shown = json === null ? null : (scrubbed(json, key) as typeof json);
  return { ...end, response: { status, json: shown } };
}

function scrubbed(value: unknown, key: string): unknown {
  if (typeof value === 'string') return value.replaceAll(key, '***');
  if (Array.isArray(value)) return value.map((each) => scrubbed(each, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name.replaceAll(key, '***'), scrubbed(each, key)]),
  );
}
