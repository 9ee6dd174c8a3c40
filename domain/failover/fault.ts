// What can happen to one call of a provider, in words of our own. The classifier (outcome.ts) says what follows.

export type Fault =
  | 'refused' // connection refused, host or network unreachable
  | 'reset' // the connection broke before any content
  | 'dns'
  | 'tls'
  | 'no_first_byte' // silent for its whole timeout before the first content
  | 'stall' // silent for its whole timeout after the first content
  | 'truncated' // ended without a finish_reason
  | 'malformed' // not JSON, not an answer of this protocol, or an error inside the stream
  | 'unauthorized' // 401
  | 'payment' // 402
  | 'forbidden' // 403
  | 'not_found' // 404 that is not about the model
  | 'model_missing' // 404 (or a 400) about the model
  | 'request_timeout' // 408
  | 'conflict' // 409
  | 'too_large' // 413
  | 'rate_limited' // 429
  | 'credit' // no credit left, in whatever status (often a 400, 402, 403 or 429)
  | 'server_error' // 5xx
  | 'context_length'
  | 'content_filter'
  | 'unsupported' // this provider lacks a feature the request uses (stream_options, a prefill, an endpoint)
  | 'bad_request' // another 4xx: the request itself is wrong
  | 'client_abort' // the client has gone
  | 'cancelled' // we ended it: a loser of a race or of a hedge
  | 'deadline'; // the whole call's time was up while it ran

/** One failed call, as far as it may be told: `detail` is one line without keys, prompts or answers. */
export interface Observation {
  readonly fault: Fault;
  readonly status: number | null;
  /** Wait that the provider asked for, ms; null: none. */
  readonly retryAfter: number | null;
  readonly detail: string;
  /** The same call is not to be repeated there at once: the provider says so (`x-should-retry: false`), is overloaded or is loading its model. */
  readonly final?: true;
}
