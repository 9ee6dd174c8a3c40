import type { Target } from '../measure/http-load.js';
import type { LlmSubject } from './llm-subject.js';

/** A chat completion as a small agent sends it. */
export function chatTarget(
  {
    server,
    headers,
    model,
  }: Pick<LlmSubject, 'headers' | 'model'> & { readonly server: { readonly url: string } },
  stream: boolean,
): Target {
  const messages = [
    { role: 'system', content: 'You are a helpful assistant.' },
    { role: 'user', content: 'Say twenty words.' },
  ];
  const body = { model, messages, ...(stream ? { stream: true } : {}) };
  return { url: `${server.url}/v1/chat/completions`, headers, body: JSON.stringify(body) };
}
