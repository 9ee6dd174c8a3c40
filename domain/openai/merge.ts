// How the pieces of a streamed answer become one. Every client library does this in its own way; this follows OpenAI's own,
// and survives what other servers do: calls without an index, names that are repeated, fields that nobody knows.
import { recordOf, type Json } from './record.js';

export type Building = Record<string, unknown>;

/** Strings that are never sent in pieces: the latest counts. */
const WHOLE: ReadonlySet<string> = new Set(['role', 'id', 'type']);

/**
 * Puts a piece into what is there: strings and lists grow, objects are merged, the rest is replaced. Null and '' only fill a
 * gap. Nothing of the piece itself is changed or kept for growing.
 */
export function mergeInto(target: Building, piece: Json): void {
  for (const [key, value] of Object.entries(piece)) {
    if (key === '__proto__' || value === undefined) continue;
    const before = target[key];
    if (value === null) target[key] = before ?? null;
    else if (typeof value === 'string') target[key] = joined(key, before, value);
    else if (Array.isArray(value)) target[key] = grown(before, value);
    else if (recordOf(value) !== null) {
      const into: Building = { ...recordOf(before) };
      target[key] = into;
      mergeInto(into, value as Json);
    } else target[key] = value;
  }
}

function joined(key: string, before: unknown, value: string): string {
  if (typeof before !== 'string' || before === '') return value;
  if (WHOLE.has(key)) return value === '' ? before : value;
  // Some servers name the function in every piece of its call.
  return key === 'name' && value === before ? before : before + value;
}

// In place: a copy for each token would make long lists of logprobs quadratic.
function grown(before: unknown, value: readonly unknown[]): unknown[] {
  if (!Array.isArray(before)) return [...value];
  for (const item of value) before.push(item);
  return before;
}

/** A call being put together; `index` is the stream's, and not part of the answer. */
export interface CallSlot {
  readonly index: number;
  readonly call: Building;
}

/**
 * A piece belongs to the slot with its index, or with its id when it has none. Some servers number every call 0: another id
 * is another call.
 */
export function mergeCall(slots: CallSlot[], piece: Json): void {
  const { index, ...rest } = piece;
  const id = typeof piece['id'] === 'string' && piece['id'] !== '' ? piece['id'] : null;
  let slot: CallSlot | undefined;
  if (id !== null) slot = slots.find(({ call }) => call['id'] === id);
  if (slot === undefined && typeof index === 'number')
    slot = slots.findLast((each) => each.index === index && (id === null || (each.call['id'] ?? '') === ''));
  if (slot === undefined && typeof index !== 'number' && id === null && !startsCall(rest))
    slot = slots.at(-1);
  if (slot === undefined) {
    slot = { index: typeof index === 'number' ? index : slots.length, call: {} };
    slots.push(slot);
  }
  mergeInto(slot.call, rest);
}

function startsCall(piece: Json): boolean {
  const called = recordOf(piece['function']);
  return typeof called?.['name'] === 'string' && called['name'] !== '';
}
