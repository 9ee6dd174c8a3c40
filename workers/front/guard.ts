import { sameSecret } from '../../config/same-secret.js';
import { hostName, isLoopbackAddress, isLoopbackName } from './host-name.js';

// Loopback alone protects nobody: any web page in the user's browser can send requests to 127.0.0.1 (cross
// site), or make its own name point there (DNS rebinding). The Host header stops the second, Origin the first; where a
// browser sends none (pictures, scripts, frames), it says in Sec-Fetch-* where the request comes from.

export interface GuardPolicy {
  /** Port that we listen on. */
  readonly port: number;
  /** Names beside the loopback ones: the configured host, `allowed_hosts` (may carry a port), `public_url`. */
  readonly hosts: readonly string[];
  /** Origin of `public_url`; null when there is none. */
  readonly publicOrigin: string | null;
  /** Further origins that the route lets in. */
  readonly origins?: readonly string[];
  readonly token: string | null;
}

export interface Caller {
  /** Header values as Node gives them. */
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly authorization: string | undefined;
  /** Sec-Fetch-Site and Sec-Fetch-Dest; undefined: no browser, or an old one. */
  readonly site?: string | undefined;
  readonly dest?: string | undefined;
  /** A proxy on this machine speaks for somebody else. */
  readonly forwarded: boolean;
  readonly address: string | undefined;
}

export type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly status: 401 | 403 | 421; readonly reason: string };

/** Decides whether a request may come in at all. Pure. */
export function judge(policy: GuardPolicy, caller: Caller): Verdict {
  const name = hostName(caller.host);
  if (name === null || !isOurs(policy, caller.host ?? '', name))
    return refuse(421, 'This host name is not ours; add it to http.allowed_hosts in nxs.yaml.');
  if (caller.origin !== undefined && !isOwnOrigin(policy, caller.origin))
    return refuse(403, 'Requests from pages of another origin are not taken.');
  if (caller.origin === undefined && isForeignPart(caller))
    return refuse(403, 'This is no picture, script or frame of another page.');
  if (!needsToken(policy, caller)) return { allowed: true };
  const given = /^Bearer (.+)$/i.exec(caller.authorization ?? '')?.[1];
  if (given === undefined || !sameSecret(given, policy.token ?? ''))
    return refuse(401, 'Clients beyond this machine need `Authorization: Bearer` with http.token.');
  return { allowed: true };
}

/** Does it count only with the token? */
export function needsToken({ token }: Pick<GuardPolicy, 'token'>, caller: Omit<Caller, 'origin'>): boolean {
  const name = hostName(caller.host);
  return token !== null && (name === null || !isLocal(caller, name));
}

/** A page of somebody else wants it as a part of itself. A link that a person follows is another thing: it opens our page as a whole. */
function isForeignPart({ site, dest }: Caller): boolean {
  return (site === 'cross-site' || site === 'same-site') && dest !== 'document';
}

function isOurs(policy: GuardPolicy, header: string, name: string): boolean {
  if (isLoopbackName(name)) return true;
  return policy.hosts.some((host) => equal(host, header) || equal(host, name));
}

function isOwnOrigin(policy: GuardPolicy, origin: string): boolean {
  if (policy.publicOrigin !== null && equal(origin, policy.publicOrigin)) return true;
  if (policy.origins?.some((known) => equal(origin, known)) === true) return true;
  let url: URL;
  try {
    url = new URL(origin);
  } catch {
    return false;
  }
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const name = hostName(url.host);
  if (name === null) return false;
  if (policy.hosts.some((host) => host.includes(':') && equal(host, `${name}:${port}`))) return true;
  // Another program of this machine on another port is another origin.
  const known = isLoopbackName(name) || policy.hosts.some((host) => equal(host, name));
  return known && port === String(policy.port);
}

/** Behind a proxy on this machine everybody seems local, so only a direct call by a loopback name counts. */
function isLocal(caller: Pick<Caller, 'forwarded' | 'address'>, name: string): boolean {
  return !caller.forwarded && isLoopbackName(name) && isLoopbackAddress(caller.address ?? '');
}

/** Needs no token: it comes from this machine, or brings the token along. For routes that have a login of their own. */
export function isTrusted(token: string | null, caller: Omit<Caller, 'origin'>): boolean {
  const name = hostName(caller.host);
  if (name !== null && isLocal(caller, name)) return true;
  const given = /^Bearer (.+)$/i.exec(caller.authorization ?? '')?.[1];
  return token !== null && given !== undefined && sameSecret(given, token);
}

function refuse(status: 401 | 403 | 421, reason: string): Verdict {
  return { allowed: false, status, reason };
}

function equal(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
