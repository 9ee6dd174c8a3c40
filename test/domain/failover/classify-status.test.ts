import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { observe } from '../../../domain/failover/classify-status.js';
import type { ErrorAnswer } from '../../../domain/failover/classify-status.js';
import type { Fault, Observation } from '../../../domain/failover/fault.js';

const NOW = Date.UTC(2026, 10, 24);

function seen(status: number, json: object | null, more: Partial<ErrorAnswer> = {}): Observation {
  return observe({ status, headers: {}, json: json as ErrorAnswer['json'], text: '', ...more }, NOW);
}

const said = (message: string, more: object = {}): object => ({ error: { message, ...more } });

describe('a status without words', () => {
  it.each<[number, Fault]>([
    [400, 'bad_request'],
    [401, 'unauthorized'],
    [402, 'payment'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [405, 'unsupported'],
    [407, 'forbidden'],
    [408, 'request_timeout'],
    [409, 'conflict'],
    [410, 'not_found'],
    [413, 'too_large'],
    [418, 'bad_request'],
    [422, 'bad_request'],
    [424, 'server_error'],
    [425, 'conflict'],
    [429, 'rate_limited'],
    [451, 'content_filter'],
    [500, 'server_error'],
    [501, 'unsupported'],
    [502, 'server_error'],
    [503, 'server_error'],
    [504, 'server_error'],
    [529, 'server_error'],
    [200, 'malformed'],
    [204, 'malformed'],
    [302, 'malformed'],
  ])('%i is %s', (status, fault) => {
    expect(seen(status, null)).toMatchObject({ fault, status: status < 400 ? null : status });
  });
});

describe('a page instead of an answer', () => {
  it('of something in between is not the fault of the request', () => {
    expect(seen(400, null, { text: '\n<html><h1>400 Bad Request</h1>' }).fault).toBe('malformed');
    expect(seen(400, null, { text: 'Bad Request' }).fault).toBe('bad_request');
  });
});

describe('an error inside a stream', () => {
  it.each<[object, Fault, number | null]>([
    [said('x', { code: 429 }), 'rate_limited', 429],
    [said('x', { code: 502 }), 'server_error', 502],
    [said('x', { code: '503' }), 'server_error', 503],
    [said('x', { type: 'server_error' }), 'server_error', null],
    [said('x', { type: 'rate_limit_exceeded' }), 'rate_limited', null],
    [said('x', { type: 'overloaded_error' }), 'server_error', null],
    [said('x', { code: 'context_length_exceeded' }), 'context_length', null],
    [{ error: 'the model crashed' }, 'malformed', null],
    [{ choices: [{ error: { code: 429, message: 'x' }, finish_reason: 'error' }] }, 'rate_limited', 429],
    [said('x'), 'malformed', null],
    [{ choices: [] }, 'malformed', null],
  ])('%j', (json, fault, status) => {
    expect(seen(200, json)).toMatchObject({ fault, status });
  });
});

describe('a wait', () => {
  it('is told where it changes something', () => {
    const headers = { 'retry-after': '2' };
    expect(seen(429, null, { headers }).retryAfter).toBe(2000);
    expect(seen(503, null, { headers }).retryAfter).toBe(2000);
    expect(seen(401, null, { headers }).retryAfter).toBeNull();
    expect(seen(429, null).retryAfter).toBeNull();
  });

  it('in the message is taken when the headers have none', () => {
    const json = said('Requests have exceeded the rate limit. Please retry after 26 seconds.');
    expect(seen(429, json).retryAfter).toBe(26_000);
    expect(seen(429, json, { headers: { 'retry-after': '3' } }).retryAfter).toBe(3000);
  });

  it('next to "exceeded your current quota" means a limit per minute, unless a code says credit', () => {
    const message = 'You exceeded your current quota, please check your plan and billing details.';
    const headers = { 'retry-after': '40' };
    expect(seen(429, said(message), { headers })).toMatchObject({
      fault: 'rate_limited',
      retryAfter: 40_000,
    });
    expect(seen(429, said(message, { code: 'insufficient_quota' }), { headers }).fault).toBe('credit');
    expect(seen(429, said(message)).fault).toBe('credit');
  });
});

describe('a call that is not to be repeated at once', () => {
  it('is one to an overloaded engine, to one that loads its model, or one of which the provider says so', () => {
    expect(seen(529, said('Overloaded', { type: 'overloaded_error' })).final).toBe(true);
    expect(seen(503, said('Loading model', { type: 'unavailable_error', code: 503 }))).toMatchObject({
      fault: 'server_error',
      detail: '503 unavailable_error: the model is loading',
      final: true,
    });
    expect(seen(500, null, { headers: { 'x-should-retry': 'false' } }).final).toBe(true);
    expect(seen(500, null, { headers: { 'x-should-retry': 'true' } })).not.toHaveProperty('final');
  });
});

describe('the detail', () => {
  it('holds status, code and our own words', () => {
    expect(seen(404, said('model "x" not found', { code: 'model_not_found' })).detail).toBe(
      '404 model_not_found: the model is not there',
    );
    expect(seen(500, null).detail).toBe('500');
    expect(seen(200, said('x', { type: 'server_error' })).detail).toBe('in the answer server_error');
  });

  it('never repeats what the provider said', () => {
    const secret = fc.stringMatching(/^[a-z0-9]{24,40}$/).map((text) => `SECRET ${text}`);
    const status = fc.constantFrom(200, 400, 401, 403, 404, 413, 422, 429, 500, 503);
    fc.assert(
      fc.property(status, secret, fc.boolean(), (code, text, plain) => {
        const json = {
          error: { message: text, code: text, type: text, param: text, metadata: { raw: text } },
        };
        const { detail } = seen(code, plain ? null : json, { text });
        expect(detail).not.toContain('SECRET');
        expect(detail.length).toBeLessThan(160);
        expect(detail).not.toMatch(/\n/);
      }),
    );
  });

  it('drops what looks like a key from the place of a code', () => {
    expect(seen(401, said('x', { code: 'sk-abcdef0123456789' })).detail).toBe('401');
  });

  it('comes of any body at all', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), fc.jsonValue(), fc.string(), (status, value, text) => {
        const json = typeof value === 'object' && !Array.isArray(value) ? value : null;
        expect(seen(status, json, { text }).fault).toMatch(/^[a-z_]+$/);
      }),
    );
  });
});
