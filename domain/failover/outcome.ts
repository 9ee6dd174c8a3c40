// The whole policy in one table: what a fault does to the call, and what it does to the provider.
// A wrong row is dear: a dead provider asked on and on, or a healthy one taken out for one caller's mistake.
import type { Fault, Observation } from './fault.js';

export interface Outcome {
  /**
   * retry_here: the same provider once more, while it has tries left, else the next; next: another provider;
   * give_back: the client gets this very answer; stop: nothing more is done for this call.
   */
  readonly move: 'retry_here' | 'next' | 'give_back' | 'stop';
  /** What the breaker hears. neutral frees a trial slot and is never a success. */
  readonly settle: 'failure' | 'neutral';
  /** asked: for as long as the provider asked, or a short time that grows; open_time: as if its breaker had opened. */
  readonly cool: 'asked' | 'open_time' | null;
  /** One sentence, for the documentation. */
  readonly why: string;
}

type Row = readonly [Outcome['move'], Outcome['settle'], Outcome['cool'], string];

const ROWS: Readonly<Record<Fault, Row>> = {
  refused: ['next', 'failure', null, 'Nobody listens there, and asking again at once finds nobody either.'],
  reset: ['retry_here', 'failure', null, 'One broken connection says little about the next one.'],
  dns: ['next', 'failure', null, 'A name that does not resolve now will not a moment later.'],
  tls: ['next', 'failure', null, 'A certificate does not mend itself between two tries.'],
  no_first_byte: [
    'next',
    'failure',
    null,
    'It was silent for all the time it had; a second wait costs as much.',
  ],
  stall: ['next', 'failure', null, 'A stream that stopped does not go on; the client waits for the rest.'],
  truncated: [
    'next',
    'failure',
    null,
    'An answer without an end is no answer and must never be sold as one.',
  ],
  malformed: ['next', 'failure', null, 'What answered there does not speak the protocol, or not now.'],
  unauthorized: ['next', 'failure', 'open_time', 'The key is wrong until a person mends it.'],
  payment: ['next', 'failure', 'open_time', 'It wants money first; only a person can pay.'],
  forbidden: [
    'next',
    'failure',
    null,
    'Often the key, but also how one refused prompt or region looks: it takes repetition to open the breaker.',
  ],
  not_found: [
    'next',
    'neutral',
    null,
    'This address is not offered there; others of the same provider may work.',
  ],
  model_missing: [
    'next',
    'failure',
    null,
    'The configured model is not there; what is loaded is looked up again.',
  ],
  request_timeout: ['retry_here', 'failure', null, 'The provider gave up on a call that it had accepted.'],
  conflict: ['retry_here', 'neutral', null, 'Another call was in the way, and the provider is well.'],
  too_large: ['next', 'neutral', null, 'Another provider may take more; this one did nothing wrong.'],
  rate_limited: [
    'next',
    'neutral',
    'asked',
    'It works, only not for us now; neither a failure nor a success.',
  ],
  credit: [
    'next',
    'failure',
    'open_time',
    'No credit is left, whatever the status says; only a person can pay.',
  ],
  server_error: [
    'retry_here',
    'failure',
    null,
    'Many are gone at the second try; one that names a wait is left alone.',
  ],
  context_length: [
    'next',
    'neutral',
    null,
    'A model with a larger context may take it; the same one never will.',
  ],
  content_filter: [
    'give_back',
    'neutral',
    null,
    'The provider judged the prompt; to shop around for a laxer one is not ours.',
  ],
  unsupported: [
    'next',
    'neutral',
    null,
    'It lacks a feature that this request uses, and serves others well.',
  ],
  bad_request: ['give_back', 'neutral', null, 'The request is wrong and would be wrong everywhere.'],
  client_abort: ['stop', 'neutral', null, 'Nobody waits for the answer, and the provider did nothing wrong.'],
  cancelled: ['stop', 'neutral', null, 'We ended it because another provider had answered.'],
  deadline: ['stop', 'neutral', null, "One caller's tiny limit must never cool a healthy provider."],
};

const FAULTS = Object.keys(ROWS) as readonly Fault[];

/** What follows from each fault, before the first content has reached the client (docs/failover.md). */
export const OUTCOMES: Readonly<Record<Fault, Outcome>> = Object.fromEntries(
  FAULTS.map((fault) => {
    const [move, settle, cool, why] = ROWS[fault];
    return [fault, { move, settle, cool, why }];
  }),
) as Record<Fault, Outcome>;

/**
 * The row for what happened, sharpened by what the provider said: one that fails and names a wait (a 503
 * with Retry-After) is left alone for so long, and one that must not be repeated (`final`) is not tried again.
 */
export function outcomeOf(observation: Observation): Outcome {
  const row = OUTCOMES[observation.fault];
  if (row.move !== 'retry_here') return row;
  if (observation.retryAfter !== null) return { ...row, move: 'next', cool: 'asked' };
  return observation.final === true ? { ...row, move: 'next' } : row;
}
