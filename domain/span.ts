// Spans of time as people write them: 90s, 15m, 24h, 7d.
export const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** ms; null: it is none. */
export function parseSpan(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text.trim());
  const unit = match?.[2] as keyof typeof UNITS | undefined;
  return match === null || unit === undefined ? null : Number(match[1]) * UNITS[unit];
}
