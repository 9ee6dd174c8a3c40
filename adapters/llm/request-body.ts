// What a body must say so that the answer comes in the form we want, and that nothing else of it changes.
import type { AttemptRequest } from './attempt-types.js';

/**
 * The JSON text to send. A streamed completion asks for its usage (`stream_options`, without which OpenAI and others
 * leave it out) unless the provider is known to refuse that; a plain one must not name `stream_options` at all
 * (OpenAI: 400); embeddings know neither.
 */
export function serializeBody(request: AttemptRequest, withStreamOptions: boolean): string {
  const { stream: _stream, stream_options: options, ...rest } = request.body;
  if (request.path === '/embeddings') return JSON.stringify(rest);
  if (request.form === 'plain') return JSON.stringify({ ...rest, stream: false });
  if (!withStreamOptions) return JSON.stringify({ ...rest, stream: true });
  const given = typeof options === 'object' ? options : null;
  return JSON.stringify({ ...rest, stream: true, stream_options: { ...given, include_usage: true } });
}

/** Choices that the body asks for; 1 when it does not say. */
export function wantedChoices(body: AttemptRequest['body']): number {
  const n = body['n'];
  return typeof n === 'number' && Number.isInteger(n) && n > 1 ? n : 1;
}
