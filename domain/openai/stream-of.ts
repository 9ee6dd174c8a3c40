// The other way: a whole answer as the chunks of a stream, for a client that asked for one where the answer came in one piece.
import { recordOf, recordsOf, type Json } from './record.js';

/**
 * The chunks of an answer in order, without `[DONE]`: per choice its role, its message and its finish_reason (none is
 * invented where the answer has none); a last chunk with the usage when it is asked for and known.
 */
export function streamOf(answer: Json, includeUsage: boolean): readonly Json[] {
  const { choices: list, usage, object, ...top } = answer;
  const isText = object === 'text_completion';
  const head = { ...top, object: isText ? 'text_completion' : 'chat.completion.chunk' };
  const choices: readonly unknown[] = Array.isArray(list) ? list : [];
  const chunks: Json[] = [];
  choices.forEach((item, at) => {
    const choice = recordOf(item);
    if (choice === null) return;
    const index = typeof choice['index'] === 'number' ? choice['index'] : at;
    const pieces = isText ? [textPiece(choice, index)] : chatPieces(choice, index);
    for (const piece of pieces) chunks.push({ ...head, choices: [piece] });
  });
  if (includeUsage && recordOf(usage) !== null) chunks.push({ ...head, choices: [], usage });
  return chunks;
}

function textPiece(choice: Json, index: number): Json {
  return { logprobs: null, finish_reason: null, ...choice, index };
}

function chatPieces(choice: Json, index: number): readonly Json[] {
  const { message, finish_reason: finish = null, logprobs = null, index: _index, ...others } = choice;
  const { role = 'assistant', content = null, tool_calls: calls, ...rest } = recordOf(message) ?? {};
  const piece = (delta: Json): Json => ({ index, delta, logprobs: null, finish_reason: null });
  const pieces: Json[] = [piece({ role, content: content === null ? null : '' })];
  // Reasoning and refusals before the text, as they are streamed.
  for (const [key, value] of Object.entries(rest)) pieces.push(piece({ [key]: value }));
  if (content !== null && content !== '') pieces.push({ ...piece({ content }), logprobs });
  recordsOf(calls).forEach((call, at) => pieces.push(piece({ tool_calls: [{ index: at, ...call }] })));
  const rider = content === null || content === '' ? logprobs : null;
  if (finish !== null || rider !== null || Object.keys(others).length > 0)
    pieces.push({ index, delta: {}, logprobs: rider, finish_reason: finish, ...others });
  return pieces;
}
