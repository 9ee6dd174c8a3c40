// Node, OpenSSL and undici each have their own words for a connection that did not work.
import type { Fault } from './fault.js';

// In this order: the first that fits. Codes are matched, and messages for errors that have none.
const RULES: readonly (readonly [Fault, RegExp])[] = [
  // A proxy that will not let us through comes as an aborted request; only its message tells.
  ['refused', /HTTP Tunneling/i],
  // A connect time-out is a machine that is off or a firewall that drops: nothing was sent, so it is as good as refused.
  [
    'refused',
    /^(ECONNREFUSED|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|EACCES|EPERM|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)\b|connect (timeout|ETIMEDOUT)|ECONNREFUSED/i,
  ],
  ['dns', /^(ENOTFOUND|EAI_|ENODATA|ESERVFAIL|EDNS)|getaddrinfo/],
  [
    'tls',
    /^(CERT_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO\b|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_|CRL_|ERROR_IN_C)|self[- ]signed certificate|certificate has expired/,
  ],
  ['no_first_byte', /^UND_ERR_(HEADERS|BODY)_TIMEOUT\b/],
  ['malformed', /^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_EXCEEDED_MAX_SIZE|Z_)/],
  ['truncated', /^UND_ERR_RES_CONTENT_LENGTH_MISMATCH\b/],
  ['cancelled', /^(UND_ERR_ABORTED|ABORT_ERR|UND_ERR_DESTROYED|UND_ERR_CLOSED)\b/],
];

/**
 * The fault behind an error of Node or undici, by its `code` and, where that is missing or too general, its
 * message. What nobody knows is a connection that broke (ECONNRESET, EPIPE and UND_ERR_SOCKET are that, too).
 */
export function faultOfSystemError(code: string | undefined, message = ''): Fault {
  const texts = [message, code ?? ''];
  const found = RULES.find(([, pattern]) => texts.some((text) => pattern.test(text)));
  return found?.[0] ?? 'reset';
}
