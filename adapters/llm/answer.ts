// What a whole answer is worth: a 2xx is no success until its body says so.
import { observe } from '../../domain/failover/classify-status.js';
import type { Observation } from '../../domain/failover/fault.js';
import type { HeaderValues } from '../../domain/failover/retry-after.js';
import { faultOfSystemError } from '../../domain/failover/system-error.js';
import { isTooDeep } from '../../domain/openai/depth.js';
import { recordOf } from '../../domain/openai/record.js';
import type { Json } from '../../domain/openai/record.js';
import type { AttemptEnd, AttemptRequest } from './attempt-types.js';

/** Largest answer that is taken, bytes. */
export const LARGEST_ANSWER = 64 * 1024 * 1024;
/** Largest stream that is taken, bytes: with all its frames and logprobs, and far beyond what any model says. */
export const LARGEST_STREAM = 256 * 1024 * 1024;
/** As much of an error answer as is read, bytes. */
export const LARGEST_ERROR = 64 * 1024;

/** An end by something that we noticed ourselves. `detail` must hold nothing that a provider or client wrote. */
export function faultEnd(
  fault: Observation['fault'],
  detail: string,
  status: number | null = null,
): AttemptEnd {
  return { kind: 'fault', observation: { fault, status, retryAfter: null, detail }, response: null };
}

/** The JSON object in a body; null when it is none, or one that nests too deeply to be handed on. */
export function parseJson(body: string): Json | null {
  try {
    return isTooDeep(body) ? null : recordOf(JSON.parse(body));
  } catch {
    return null;
  }
}

/** What an answer with status >= 300 means. `now`: ms since the epoch. */
export function errorEnd(
  status: number,
  headers: HeaderValues,
  body: Buffer,
  now: number,
): Extract<AttemptEnd, { kind: 'fault' }> {
  const text = body.toString('utf8');
  const json = parseJson(text);
  const observation = observe({ status, headers, json, text: text.slice(0, 2048) }, now);
  return { kind: 'fault', observation, response: { status, json } };
}

/** What an error inside a 2xx answer or a stream means; without a status of its own it is given back as a 502. */
export function innerErrorEnd(json: Json, headers: HeaderValues, now: number): AttemptEnd {
  const observation = observe({ status: 200, headers, json, text: '' }, now);
  return { kind: 'fault', observation, response: { status: observation.status ?? 502, json } };
}

/** What a whole 2xx body is: an answer of this protocol with its part that nobody can do without, or a fault. */
export function plainEnd(
  path: AttemptRequest['path'],
  status: number,
  headers: HeaderValues,
  body: Buffer,
  now: number,
): AttemptEnd {
  const json = parseJson(body.toString('utf8'));
  if (json === null) return faultEnd('malformed', 'the answer is not a JSON object', status);
  const error = json['error'];
  if ((error !== undefined && error !== null && error !== false) || json['object'] === 'error')
    return innerErrorEnd(json, headers, now);
  const part = path === '/embeddings' ? 'data' : 'choices';
  const list = json[part];
  if (!Array.isArray(list) || list.length === 0)
    return faultEnd('malformed', `the answer has no ${part}`, status);
  return { kind: 'complete', answer: { status, body, json }, sawDone: false };
}

/** What a broken connection or a refused one means. `detail` is the code alone: messages may hold addresses or more. */
export function systemObservation(error: Error): Observation {
  const code = codeOf(error);
  const proxy = /^the proxy /.test(error.message) ? error.message : null;
  const fault = faultOfSystemError(code, error.message);
  return { fault, status: null, retryAfter: null, detail: proxy ?? code ?? error.name };
}

// Happy eyeballs hands over an AggregateError, whose parts have the codes.
function codeOf(error: Error): string | undefined {
  const inner: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  const parts: readonly unknown[] = [error, ...inner];
  return parts
    .map((part) => (part as { readonly code?: unknown } | null)?.code)
    .find((code) => typeof code === 'string');
}
