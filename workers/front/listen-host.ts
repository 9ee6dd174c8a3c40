import { networkInterfaces } from 'node:os';
import { NxsError } from '../../domain/errors.js';
import { isLoopbackName } from './host-name.js';

/** `http:` of nxs.yaml, as far as listening needs it. */
export interface HttpSettings {
  readonly host: string;
  readonly port: number;
  readonly token?: string | undefined;
  readonly public_url?: string | undefined;
  readonly allowed_hosts?: readonly string[] | undefined;
}

/**
 * Address to listen on. Throws NxsError CONFIG_INVALID when others could reach it without a token, or when
 * `tailscale` is asked for and this machine is in no tailnet.
 */
export function listenHost(http: HttpSettings): string {
  const host = http.host === 'tailscale' ? tailnetAddress() : http.host.replace(/^\[(.*)\]$/, '$1');
  const hasToken = http.token !== undefined && http.token !== '';
  if (!isLoopbackName(host) && !hasToken)
    throw new NxsError(
      'CONFIG_INVALID',
      `http.host ${http.host} can be reached from other machines, so http.token must be set in nxs.yaml (or NXS_HTTP_TOKEN).`,
    );
  return host;
}

/** Tailscale gives its nodes addresses out of 100.64.0.0/10. */
function tailnetAddress(): string {
  for (const addresses of Object.values(networkInterfaces()))
    for (const { family, address } of addresses ?? []) {
      const [first, second] = address.split('.').map(Number);
      if (family === 'IPv4' && first === 100 && second !== undefined && second >= 64 && second < 128)
        return address;
    }
  throw new NxsError('CONFIG_INVALID', 'http.host is tailscale, but this machine has no tailnet address.');
}
