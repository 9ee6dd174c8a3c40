// Companies look into TLS with a CA of their own, and home servers sign themselves. To name a CA is the safe way
// out; without one people switch the checks off.
import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates } from 'node:tls';
import type { SecureContext } from 'node:tls';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What to trust: Node's own CAs and those in SSL_CERT_FILE; null: Node's default (which knows NODE_EXTRA_CA_CERTS by
 * itself; it would not beside a list of ours, so that file is read again here). Made once, since to parse all CAs
 * anew costs more than the handshake. A file that cannot be used is told to `onProblem` and left out: TLS then fails for
 * the providers that need it, and only for them.
 */
export function trustOf(env: Environment, onProblem: (problem: string) => void): SecureContext | null {
  if ((env['SSL_CERT_FILE'] ?? '') === '') return null;
  const extra = ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'].flatMap((name) => {
    const path = env[name] ?? '';
    if (path === '') return [];
    try {
      const pem = readFileSync(path, 'utf8');
      createSecureContext({ ca: pem });
      return [pem];
    } catch {
      onProblem(`${name} names a file that cannot be used: ${path}`);
      return [];
    }
  });
  return extra.length === 0 ? null : createSecureContext({ ca: [...rootCertificates, ...extra] });
}
