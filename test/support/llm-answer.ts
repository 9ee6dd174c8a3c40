// The one answer that stand-in providers give, and what it looks like on the wire. All its tokens differ, so that a lost,
// doubled or swapped piece cannot go unseen.

const FIRST = ['red', 'old', 'warm', 'tall', 'slow', 'far'] as const;
const SECOND = ['river', 'stone', 'cloud', 'lamp', 'field', 'gate', 'bird', 'wind', 'road', 'wall'] as const;

/** Sixty tokens. */
export const TOKENS: readonly string[] = FIRST.flatMap((first) =>
  SECOND.map((second) => `${first} ${second}, `),
);

/** What the caller must have in the end. */
export const ANSWER = TOKENS.join('');

const HEAD = { id: 'chatcmpl-stand-in', created: 1_760_000_000 } as const;

/** One chunk of a stream, with one choice. */
export function chatChunk(model: string, delta: object, finish: string | null = null): object {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return { ...HEAD, object: 'chat.completion.chunk', model, choices };
}

/** The last chunk of a stream that was asked for usage. */
export function usageChunk(model: string, tokens: number): object {
  return { ...HEAD, object: 'chat.completion.chunk', model, choices: [], usage: usage(tokens) };
}

/** The same answer as one document. */
export function chatCompletion(model: string, tokens: readonly string[]): object {
  const message = { role: 'assistant', content: tokens.join('') };
  const choices = [{ index: 0, message, finish_reason: 'stop' }];
  return { ...HEAD, object: 'chat.completion', model, choices, usage: usage(tokens.length) };
}

/** One event. */
export function sse(json: object): string {
  return `data: ${JSON.stringify(json)}\n\n`;
}

function usage(tokens: number): object {
  return { prompt_tokens: 12, completion_tokens: tokens, total_tokens: 12 + tokens };
}
