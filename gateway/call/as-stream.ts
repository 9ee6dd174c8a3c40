import { streamOf } from '../../domain/openai/stream-of.js';

/** A whole answer as the events of a stream, `[DONE]` last: it is whole, so the word is true. */
export function eventsOf(answer: Readonly<Record<string, unknown>>, wantsUsage: boolean): readonly string[] {
  return [...streamOf(answer, wantsUsage).map((chunk) => `data: ${JSON.stringify(chunk)}`), 'data: [DONE]'];
}
