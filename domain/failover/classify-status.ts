// Wrong in one direction a person's typo takes a provider out, wrong in the other a dead provider is asked for ever.
import type { Json } from '../openai/record.js';
import { errorFields } from './error-fields.js';
import type { ErrorFields } from './error-fields.js';
import { signOf } from './error-signs.js';
import type { Sign } from './error-signs.js';
import type { Fault, Observation } from './fault.js';
import { retryAfterOf, waitInMessage } from './retry-after.js';
import type { HeaderValues } from './retry-after.js';

/** An answer that is not the one hoped for. */
export interface ErrorAnswer {
  /** HTTP status; 200 for an error inside a stream. */
  readonly status: number;
  /** `retry-after`, `retry-after-ms`, `x-ratelimit-*` and `x-should-retry` are read. */
  readonly headers: HeaderValues;
  /** The parsed body, or the event inside a stream; null when it is not a JSON object. */
  readonly json: Json | null;
  /** The first 2 kB of the body; matched when `json` is null, never told. */
  readonly text: string;
}

/**
 * What an error answer of an OpenAI-compatible provider means. Its words come first, then the status, since
 * providers disagree about statuses far more than about words. An error inside a stream counts by its own code,
 * and as malformed when it has none. `detail` holds the status, the provider's code and our words for it: messages
 * may repeat prompts and keys. `now`: ms since the epoch, for dates in Retry-After.
 */
export function observe(answer: ErrorAnswer, now: number): Observation {
  const fields = errorFields(answer.json, answer.text);
  const failed = answer.status >= 400;
  const status = failed ? answer.status : (fields.status ?? answer.status);
  const wait = retryAfterOf(answer.headers, now) ?? waitInMessage(fields.message);
  const sign = believable(signOf(fields, status), status, wait);
  const fault = sign?.fault ?? faultOfStatus(status, answer, fields);
  const final = sign?.final === true || answer.headers['x-should-retry'] === 'false';
  return {
    fault,
    status: failed || fields.status !== null ? status : null,
    retryAfter: ['rate_limited', 'server_error', 'request_timeout', 'conflict'].includes(fault) ? wait : null,
    detail: detailOf(status, fields, sign),
    ...(final ? { final: true as const } : {}),
  };
}

// Gemini says "exceeded your current quota" for a limit per minute, too: who names a wait has credit.
function believable(sign: Sign | null, status: number, wait: number | null): Sign | null {
  return sign?.fault === 'credit' && !sign.byCode && status === 429 && wait !== null ? null : sign;
}

const BY_STATUS: Readonly<Record<number, Fault>> = {
  401: 'unauthorized',
  402: 'payment',
  403: 'forbidden',
  404: 'not_found',
  405: 'unsupported',
  407: 'forbidden',
  408: 'request_timeout',
  409: 'conflict',
  410: 'not_found',
  413: 'too_large',
  424: 'server_error',
  425: 'conflict',
  429: 'rate_limited',
  451: 'content_filter',
  501: 'unsupported',
};

const SERVER_CODES = /^(server_error|internal_(server_)?error|api_error|service_unavailable|timeout)$/i;

function faultOfStatus(status: number, answer: ErrorAnswer, fields: ErrorFields): Fault {
  // 2xx with an error, or a redirect: not this protocol, unless it names a fault of the server.
  if (status < 400)
    return fields.codes.some((code) => SERVER_CODES.test(code)) ? 'server_error' : 'malformed';
  const known = BY_STATUS[status] ?? (status >= 500 ? 'server_error' : 'bad_request');
  // A page of a proxy or firewall in between says nothing about the request.
  return known === 'bad_request' && answer.json === null && /^\s*</.test(answer.text) ? 'malformed' : known;
}

function detailOf(status: number, fields: ErrorFields, sign: Sign | null): string {
  const code = fields.codes.find((name) => /^[A-Za-z][\w.-]{0,63}$/.test(name) && !/^sk-/i.test(name));
  const head = [status < 400 ? 'in the answer' : `${status}`, code]
    .filter((part) => part !== undefined)
    .join(' ');
  return sign === null ? head : `${head}: ${sign.what}`;
}
