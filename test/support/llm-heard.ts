// What a caller really got, judged from the bytes alone. The one mistake that must not be made here is to take a
// truncated answer for a whole one.
import type { Raw } from './llm-caller.js';

export type Outcome =
  /** The whole answer, with its finish. */
  | 'answered'
  /** No answer, and said so: an error status, or an error event at the end of a stream. */
  | 'clean_error'
  /** The connection broke: no answer, and any client notices. */
  | 'cut'
  /** Ended like a success, with another text than the whole answer. */
  | 'truncated'
  /** Something that is not of the protocol reached the caller. */
  | 'broken'
  | 'hang';

export interface Heard {
  readonly outcome: Outcome;
  readonly status: number;
  readonly text: string;
  readonly model: string | null;
  readonly usage: boolean;
  readonly finish: string | null;
  /** `[DONE]` came (streams only). */
  readonly done: boolean;
  readonly error: { readonly message: string; readonly code: string | null } | null;
  readonly ms: number;
  readonly firstMs: number | null;
  /** `x-nxs-provider`, where the system names it. */
  readonly provider: string | null;
}

interface Chunk {
  readonly model?: unknown;
  readonly usage?: unknown;
  readonly error?: { readonly message?: unknown; readonly code?: unknown };
  readonly choices?: readonly {
    readonly finish_reason?: unknown;
    readonly delta?: { readonly content?: unknown };
    readonly message?: { readonly content?: unknown };
  }[];
}

/**
 * Reads an answer, streamed or not.
 * @param expected the whole text; null: any text that is not empty
 */
export function judgeHeard(raw: Raw, expected: string | null): Heard {
  const chunks = parse(raw);
  const good = chunks.filter((chunk) => chunk !== null);
  const text = good.map(textOf).join('');
  const finish = good.map(({ choices }) => choices?.[0]?.finish_reason).find(isString) ?? null;
  const failed = good.find(({ error }) => typeof error === 'object')?.error;
  const error =
    failed === undefined
      ? null
      : {
          message: isString(failed.message) ? failed.message : '',
          code: isString(failed.code) ? failed.code : null,
        };
  const facts = {
    status: raw.status,
    text,
    model: good.map(({ model }) => model).findLast(isString) ?? null,
    usage: good.some(({ usage }) => typeof usage === 'object' && usage !== null),
    finish,
    done: /^data: ?\[DONE\]\s*$/m.test(raw.body),
    error,
    ms: raw.ms,
    firstMs: raw.firstMs,
    provider: raw.headers['x-nxs-provider'] ?? null,
  };
  const whole = expected === null ? text !== '' : text === expected;
  return { ...facts, outcome: outcomeOf(raw, chunks.includes(null), facts, whole) };
}

function outcomeOf(
  raw: Raw,
  malformed: boolean,
  { finish, error, done }: Pick<Heard, 'finish' | 'error' | 'done'>,
  whole: boolean,
): Outcome {
  if (raw.ended === 'hang') return 'hang';
  // A document that was cut is not JSON either, but what its client sees is the cut.
  if (raw.ended === 'cut' && (malformed || finish === null) && !isStream(raw)) return 'cut';
  if (malformed) return 'broken';
  if (error !== null) return finish === null && !done ? 'clean_error' : 'broken';
  if (raw.status >= 400) return 'broken';
  if (finish !== null) return whole ? 'answered' : 'truncated';
  // A stream that simply ends is taken for a success by most clients.
  return raw.ended === 'cut' ? 'cut' : 'truncated';
}

function isStream(raw: Raw): boolean {
  return (raw.headers['content-type'] ?? '').includes('text/event-stream');
}

/** Every document; null where one is not JSON. */
function parse(raw: Raw): (Chunk | null)[] {
  if (raw.status === 0) return [];
  if (!isStream(raw)) return [json(raw.body)];
  const events = raw.body.split(/\r?\n\r?\n/);
  // What follows the last blank line was never an event: clients drop it.
  events.pop();
  return events
    .flatMap((event) => event.split(/\r?\n/))
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trim())
    .filter((data) => data !== '[DONE]')
    .map(json);
}

function json(text: string): Chunk | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function textOf({ choices }: Chunk): string {
  const content = choices?.[0]?.delta?.content ?? choices?.[0]?.message?.content;
  return isString(content) ? content : '';
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
