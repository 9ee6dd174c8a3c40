import { describe, expect, it } from 'vitest';
import { errorBody } from '../../../domain/openai/error-body.js';

describe('errorBody', () => {
  it.each([
    [400, 'invalid_request_error'],
    [401, 'authentication_error'],
    [402, 'insufficient_quota'],
    [403, 'permission_error'],
    [404, 'not_found_error'],
    [408, 'timeout_error'],
    [409, 'conflict_error'],
    [413, 'invalid_request_error'],
    [422, 'invalid_request_error'],
    [429, 'rate_limit_error'],
    [500, 'server_error'],
    [502, 'server_error'],
    [503, 'service_unavailable_error'],
    [504, 'timeout_error'],
  ])('gives %i the type %s', (status, type) => {
    expect(errorBody(status, 'some_code', 'Sentence.')).toEqual({
      error: { message: 'Sentence.', type, param: null, code: 'some_code' },
    });
  });

  it('names the field that is wrong when there is one', () => {
    expect(errorBody(400, 'c', 'm', 'messages').error.param).toBe('messages');
  });
});
