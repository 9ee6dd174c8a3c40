// What the client already has of a stream: needed when the provider dies and another one is to go on.
import type { RequestFacts } from '../../domain/failover/request.js';
import type { StreamEvent } from '../../domain/openai/stream-event.js';

export interface Sent {
  add(event: StreamEvent): void;
  text(): string;
  /** First chunk: its `id` and `created` stay those of the whole stream. */
  head(): Readonly<Record<string, unknown>> | null;
  /**
   * Plain text of one choice can be gone on with. A tool call cannot (half of its arguments are code), nor reasoning, nor an
   * answer that named its finish already.
   */
  canContinue(facts: RequestFacts): boolean;
}

export function sentSoFar(): Sent {
  const pieces: string[] = [];
  let head: Readonly<Record<string, unknown>> | null = null;
  let other = false;
  return {
    add(event) {
      if (event.kind !== 'chunk') return;
      head ??= event.json;
      if (event.text !== '') pieces.push(event.text);
      if (event.hasToolCall || event.hasOther || event.finished.length > 0) other = true;
    },
    text: () => pieces.join(''),
    head: () => head,
    canContinue: ({ kind }) => !other && pieces.length > 0 && kind !== 'embeddings',
  };
}
