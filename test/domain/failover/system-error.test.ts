import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../domain/failover/fault.js';
import { faultOfSystemError } from '../../../domain/failover/system-error.js';

describe('faultOfSystemError', () => {
  it.each<[string, Fault]>([
    ['ECONNREFUSED', 'refused'],
    ['EHOSTUNREACH', 'refused'],
    ['ENETUNREACH', 'refused'],
    ['ETIMEDOUT', 'refused'],
    ['UND_ERR_CONNECT_TIMEOUT', 'refused'],
    ['ECONNRESET', 'reset'],
    ['EPIPE', 'reset'],
    ['UND_ERR_SOCKET', 'reset'],
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['EPROTO', 'tls'],
    ['UND_ERR_HEADERS_TIMEOUT', 'no_first_byte'],
    ['UND_ERR_BODY_TIMEOUT', 'no_first_byte'],
    ['HPE_INVALID_CONSTANT', 'malformed'],
    ['UND_ERR_HEADERS_OVERFLOW', 'malformed'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'truncated'],
    ['UND_ERR_ABORTED', 'cancelled'],
    ['ABORT_ERR', 'cancelled'],
    ['EWHATEVER', 'reset'],
  ])('%s is %s', (code, fault) => {
    expect(faultOfSystemError(code)).toBe(fault);
  });

  it('reads the message where the code is missing or hides the cause', () => {
    expect(faultOfSystemError(undefined, 'connect ECONNREFUSED 127.0.0.1:1')).toBe('refused');
    expect(faultOfSystemError(undefined, 'getaddrinfo ENOTFOUND nowhere.invalid')).toBe('dns');
    expect(faultOfSystemError(undefined, 'self-signed certificate')).toBe('tls');
    expect(faultOfSystemError('UND_ERR_ABORTED', 'Proxy response (403) !== 200 when HTTP Tunneling')).toBe(
      'refused',
    );
    expect(faultOfSystemError('UND_ERR_SOCKET', 'other side closed')).toBe('reset');
    expect(faultOfSystemError(undefined)).toBe('reset');
  });
});
