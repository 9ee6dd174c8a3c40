import { describe, expect, it } from 'vitest';
import type { Fault, Observation } from '../../../domain/failover/fault.js';
import { OUTCOMES, outcomeOf } from '../../../domain/failover/outcome.js';
import type { Outcome } from '../../../domain/failover/outcome.js';

const seen = (fault: Fault, more: Partial<Observation> = {}): Observation => ({
  fault,
  status: null,
  retryAfter: null,
  detail: '',
  ...more,
});

describe('the outcome of', () => {
  it.each<[Fault, Outcome['move'], Outcome['settle'], Outcome['cool']]>([
    ['refused', 'next', 'failure', null],
    ['reset', 'retry_here', 'failure', null],
    ['dns', 'next', 'failure', null],
    ['tls', 'next', 'failure', null],
    ['no_first_byte', 'next', 'failure', null],
    ['stall', 'next', 'failure', null],
    ['truncated', 'next', 'failure', null],
    ['malformed', 'next', 'failure', null],
    ['unauthorized', 'next', 'failure', 'open_time'],
    ['payment', 'next', 'failure', 'open_time'],
    ['forbidden', 'next', 'failure', null],
    ['not_found', 'next', 'neutral', null],
    ['model_missing', 'next', 'failure', null],
    ['request_timeout', 'retry_here', 'failure', null],
    ['conflict', 'retry_here', 'neutral', null],
    ['too_large', 'next', 'neutral', null],
    ['rate_limited', 'next', 'neutral', 'asked'],
    ['credit', 'next', 'failure', 'open_time'],
    ['server_error', 'retry_here', 'failure', null],
    ['context_length', 'next', 'neutral', null],
    ['content_filter', 'give_back', 'neutral', null],
    ['unsupported', 'next', 'neutral', null],
    ['bad_request', 'give_back', 'neutral', null],
    ['client_abort', 'stop', 'neutral', null],
    ['cancelled', 'stop', 'neutral', null],
    ['deadline', 'stop', 'neutral', null],
  ])('%s: %s, %s, cool %s', (fault, move, settle, cool) => {
    expect(outcomeOf(seen(fault))).toMatchObject({ move, settle, cool });
    expect(OUTCOMES[fault]).toBe(outcomeOf(seen(fault)));
  });

  it('every fault has a reason, one sentence', () => {
    for (const { why } of Object.values(OUTCOMES)) expect(why).toMatch(/^[A-Z][^.]+\.$/);
    expect(Object.keys(OUTCOMES)).toHaveLength(26);
  });
});

describe('what the provider says sharpens it', () => {
  it('a failing one that names a wait is left alone for so long', () => {
    expect(outcomeOf(seen('server_error', { status: 503, retryAfter: 2000 }))).toMatchObject({
      move: 'next',
      settle: 'failure',
      cool: 'asked',
    });
  });

  it('one that must not be repeated is not', () => {
    expect(outcomeOf(seen('server_error', { final: true }))).toMatchObject({ move: 'next', cool: null });
  });

  it('but nobody talks a wrong request into another provider', () => {
    expect(outcomeOf(seen('bad_request', { final: true, retryAfter: 1 })).move).toBe('give_back');
  });
});
