// Providers answer with what they like: every field is looked at before it is believed.

export type Json = Readonly<Record<string, unknown>>;

/** The value as an object with fields; null for an array, a plain value or nothing. */
export function recordOf(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

/** The objects in a list; [] when it is no list. Whatever else stands in it is passed over. */
export function recordsOf(value: unknown): readonly Json[] {
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is Json => recordOf(item) !== null);
}
