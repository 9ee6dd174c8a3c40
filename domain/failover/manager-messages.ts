// What people and programs say to the manager workflow. A typo must never fail it, so every message is looked at first.
import { z } from 'zod';
import type { ManagedProvider } from './manager.js';

const word = z.string().trim().min(1).max(200);

/** `switchProvider` as a person types it with plain `temporal workflow signal`. */
const typedSwitch = z.object({ to: word, for: z.string().optional(), by: word.optional() });

const switchRequest = z.object({ to: word, forMs: z.number().positive().nullable(), by: word });
const resetRequest = z.object({ name: word.nullable() });

const configured = z.object({ providers: z.array(z.object({ name: word, configured: z.boolean() })) });

/** `to`: `primary`, `backup` or a provider's name; `forMs` null: until it is taken back. */
export type SwitchRequest = Readonly<z.infer<typeof switchRequest>>;
/** `name` null: all of them. */
export type ResetRequest = Readonly<z.infer<typeof resetRequest>>;

export type Parsed<T> = { readonly value: T } | { readonly why: string };

const HINT =
  'expected {"to":"backup"|"primary"|NAME,"for":"1h","by":"WHO"}, of which `for` and `by` may be left out';

/** A signal's argument; `why` is one sentence for the person who typed it. */
export function parseTypedSwitch(value: unknown): Parsed<SwitchRequest> {
  const parsed = typedSwitch.safeParse(value);
  if (!parsed.success) return { why: `switchProvider was not understood: ${HINT}.` };
  const { to, for: duration, by = 'a signal' } = parsed.data;
  if (duration === undefined) return { value: { to, forMs: null, by } };
  const forMs = durationMs(duration);
  if (forMs === null)
    return { why: `"${duration.slice(0, 40)}" is no duration like 90s, 30m or 1h: ${HINT}.` };
  return { value: { to, forMs, by } };
}

export function parseSwitch(value: unknown): Parsed<SwitchRequest> {
  const parsed = switchRequest.safeParse(value);
  return parsed.success
    ? { value: parsed.data }
    : { why: 'switchProvider takes {"to":"backup"|"primary"|NAME,"forMs":MS|null,"by":"WHO"}.' };
}

export function parseReset(value: unknown): Parsed<ResetRequest> {
  const parsed = resetRequest.safeParse(value);
  return parsed.success ? { value: parsed.data } : { why: 'resetProviders takes {"name":NAME|null}.' };
}

export function parseConfigured(value: unknown): Parsed<readonly ManagedProvider[]> {
  const parsed = configured.safeParse(value);
  return parsed.success ? { value: parsed.data.providers } : { why: 'a configuration was not understood' };
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** ms; null when it is no duration, or longer than a year. */
function durationMs(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*$/.exec(text);
  const ms = match === null ? Number.NaN : Number(match[1]) * (UNITS[match[2] ?? ''] ?? Number.NaN);
  return ms > 0 && ms <= 366 * 86_400_000 ? Math.round(ms) : null;
}
