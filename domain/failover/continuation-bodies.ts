// How another provider is asked to go on with an answer that broke off.
import { recordOf, type Json } from '../openai/record.js';

const GO_ON =
  'Your answer was cut off. Continue exactly where you stopped: repeat nothing, add no introduction, and go on in the middle of the word or sentence if need be.';

/**
 * Request bodies to try in order, the next one when a provider refuses the one before (`unsupported`, `bad_request`). Empty:
 * this request cannot be continued (several choices, an echoed prompt). `max_tokens` stays as it is: it bounds one call.
 *
 * First the answer so far as the last message, which most servers go on from (with `partial: true` where `partial` says so:
 * Moonshot needs it); then the same with a user's message that asks for the rest. The old API gets prompt and answer in one.
 */
export function continuationBodies(body: Json, sent: string, partial: boolean): readonly Json[] {
  const { messages, prompt, n, echo, best_of: bestOf } = body;
  if ((typeof n === 'number' && n > 1) || (typeof bestOf === 'number' && bestOf > 1)) return [];
  if (sent === '') return [body];
  if (typeof prompt === 'string') return echo === true ? [] : [{ ...body, prompt: prompt + sent }];
  if (!Array.isArray(messages)) return [];
  const before = messages as readonly unknown[];
  const last = recordOf(before.at(-1));
  // The request brought a prefill of its own: both are one message, since two of one role are refused by many.
  const own = last?.['role'] === 'assistant' && typeof last['content'] === 'string' ? last : null;
  const others = own === null ? before : before.slice(0, -1);
  const answer = {
    role: 'assistant',
    ...own,
    content: `${own === null ? '' : String(own['content'])}${sent}`,
  };
  return [
    { ...body, messages: [...others, partial ? { ...answer, partial: true } : answer] },
    { ...body, messages: [...others, withoutPartial(answer), { role: 'user', content: GO_ON }] },
  ];
}

function withoutPartial(message: Json): Json {
  const { partial: _partial, ...rest } = message;
  return rest;
}
