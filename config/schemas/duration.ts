// Durations are typed by people ("5m") and counted by machines (ms). A bare number means seconds, as in the
// source document's `timeout: 30`; mixing the two up is a factor of 1000, so the unit is settled here, once.
import * as z from 'zod';

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const TEXT = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/;
const DIGITS = /^\d+(?:\.\d+)?$/;

const EXPECTED = 'expected a duration such as "30s", "5m", "1h", "7d", or a number of seconds';

/** Mark of durations, and their type in generated schemas and docs. */
const TITLE = 'duration';

/** Longest duration taken: 100 years, in ms; beyond it a typo is likelier than a wish. */
const LONGEST = 36_500 * UNITS.d;

/** Milliseconds of "30s", "5m", "1h", "7d", "300ms", "2w", or of a number of seconds; null when it is none of these. */
export function parseDuration(value: string | number): number | null {
  if (typeof value === 'number')
    return Number.isFinite(value) && value >= 0 ? Math.round(value * 1000) : null;
  const text = value.trim();
  if (DIGITS.test(text)) return Math.round(Number(text) * 1000);
  const match = TEXT.exec(text);
  if (match === null) return null;
  return Math.round(Number(match[1]) * UNITS[match[2] as keyof typeof UNITS]);
}

/** The shortest exact spelling of a number of milliseconds: 5400000 -> "90m". */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (ms % UNITS[unit] === 0) return `${ms / UNITS[unit]}${unit}`;
  }
  return `${ms}ms`;
}

/**
 * Schema of a duration; the output is milliseconds. Give defaults with `.prefault('5m')`, not `.default`, so
 * that the JSON Schema shows what a person would type.
 * @param bounds inclusive limits, written as durations; `min` is "1ms" when left out: 0 means "never" nowhere.
 */
export function duration(bounds: { readonly min?: string; readonly max?: string } = {}) {
  const min = parseDuration(bounds.min ?? '1ms') ?? 1;
  const max = bounds.max === undefined ? LONGEST : (parseDuration(bounds.max) ?? LONGEST);
  return z
    .union(
      [
        z.number().nonnegative(),
        z.string().regex(/^\s*\d+(?:\.\d+)?(?:ms|s|m|h|d|w)?\s*$/, { error: EXPECTED }),
      ],
      {
        error: EXPECTED,
      },
    )
    .transform((value, context) => {
      const ms = parseDuration(value);
      if (ms === null) context.addIssue({ code: 'custom', message: EXPECTED });
      else if (ms < min)
        context.addIssue({ code: 'custom', message: `expected at least ${formatDuration(min)}` });
      else if (ms > max)
        context.addIssue({ code: 'custom', message: `expected at most ${formatDuration(max)}` });
      return ms ?? 0;
    })
    .meta({ title: TITLE });
}

/** Does this schema take a duration? */
export function isDurationSchema(schema: z.core.$ZodType): boolean {
  return z.globalRegistry.get(schema)?.['title'] === TITLE;
}
