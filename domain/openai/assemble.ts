// A whole answer out of a stream, for clients that did not ask for one: upstream is asked to stream so that silence is known
// early. The result is what the provider would have sent in one piece, unknown fields included.
import { recordOf, recordsOf, type Json } from './record.js';
import { mergeCall, mergeInto, type Building, type CallSlot } from './merge.js';

export interface Assembler {
  /** One chunk, in the order of the stream. */
  add(json: Json): void;
  /** The answer so far. It names a finish_reason only when the stream did; whether it is complete is the caller's to know. */
  result(): Json;
}

interface ChoiceSlot {
  readonly index: number;
  /** The fields beside the message: finish_reason, logprobs, what a provider adds. */
  readonly fields: Building;
  readonly message: Building;
  readonly calls: CallSlot[];
}

export function createAssembler(kind: 'chat' | 'completions'): Assembler {
  const top: Building = {};
  const choices = new Map<number, ChoiceSlot>();

  function add(json: Json): void {
    for (const [key, value] of Object.entries(json)) {
      if (STREAM_ONLY.has(key) || (value === null && key in top) || value === undefined) continue;
      top[key] = value;
    }
    const list: unknown = json['choices'];
    if (!Array.isArray(list)) return;
    list.forEach((item: unknown, at) => {
      const choice = recordOf(item);
      if (choice === null) return;
      const index = typeof choice['index'] === 'number' ? choice['index'] : at;
      let slot = choices.get(index);
      if (slot === undefined) {
        slot = { index, fields: {}, message: {}, calls: [] };
        choices.set(index, slot);
      }
      addChoice(slot, choice);
    });
  }

  function result(): Json {
    const { usage, ...rest } = top;
    const sorted = [...choices.values()].sort((a, b) => a.index - b.index);
    return {
      ...rest,
      object: kind === 'chat' ? 'chat.completion' : 'text_completion',
      choices: sorted.map(kind === 'chat' ? chatChoice : textChoice),
      ...(recordOf(usage) === null ? {} : { usage }),
    };
  }

  return { add, result };
}

/** `obfuscation` is padding that hides the length of a chunk. */
const STREAM_ONLY: ReadonlySet<string> = new Set(['choices', 'object', 'obfuscation', '__proto__']);

function addChoice(slot: ChoiceSlot, choice: Json): void {
  for (const [key, value] of Object.entries(choice)) {
    if (key === 'index' || key === 'delta' || key === '__proto__' || value === undefined) continue;
    if (key === 'text') mergeInto(slot.message, { text: value });
    else if (key === 'logprobs') mergeInto(slot.fields, { logprobs: value });
    else if (value !== null) slot.fields[key] = value;
    else slot.fields[key] ??= null;
  }
  const delta = recordOf(choice['delta']);
  if (delta === null) return;
  const { tool_calls: calls, ...rest } = delta;
  mergeInto(slot.message, rest);
  for (const call of recordsOf(calls)) mergeCall(slot.calls, call);
}

function chatChoice({ index, fields, message, calls }: ChoiceSlot): Json {
  const { finish_reason = null, logprobs = null, ...others } = fields;
  const { role = 'assistant', content = null, ...rest } = message;
  const called = calls.length > 0 || recordOf(rest['function_call']) !== null;
  return {
    index,
    message: {
      role,
      content: content === '' && called ? null : content,
      ...rest,
      ...(calls.length > 0
        ? { tool_calls: [...calls].sort((a, b) => a.index - b.index).map(({ call }) => call) }
        : {}),
    },
    logprobs,
    finish_reason,
    ...others,
  };
}

function textChoice({ index, fields, message }: ChoiceSlot): Json {
  const { finish_reason = null, logprobs = null, ...others } = fields;
  return { index, text: message['text'] ?? '', logprobs, finish_reason, ...others };
}
