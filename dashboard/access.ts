// Who may see the page and press its buttons. A session is a random cookie; beyond this machine it has to be opened with the token. A
// button counts only with the session's own proof, from a page of ours.
import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sameSecret } from '../config/same-secret.js';
import { callerName, openWrongTokens } from '../config/wrong-tokens.js';
import type { DashboardPorts } from './ports.js';

export interface Access {
  /** May see the page. */
  allowed(request: IncomingMessage): boolean;
  /** The session of this request; a new one is set as a cookie. */
  session(request: IncomingMessage, response: ServerResponse): string;
  /** Stands in each form of that session. */
  proof(session: string): string;
  /** The form was on a page of ours, in this session. */
  proved(request: IncomingMessage, proof: string): boolean;
  login(request: IncomingMessage, response: ServerResponse, token: string): 'in' | 'wrong' | 'too_many';
  logout(request: IncomingMessage, response: ServerResponse): void;
}

/** A cookie counts for all ports of a host: two nodes on one machine must not end each other's sessions. */
const cookieName = (request: IncomingMessage) => `nxs_session_${String(request.socket.localPort ?? 0)}`;
/** ms that a login is good for. */
const LASTS = 12 * 3_600_000;
const MOST_SESSIONS = 1_000;

export function openAccess(
  { token, trusted, secure }: Pick<DashboardPorts, 'token' | 'trusted' | 'secure'>,
  now: () => number = Date.now,
): Access {
  const key = randomBytes(32);
  /** Sessions that gave the token, with the end of their time. */
  const open = new Map<string, number>();
  const wrong = openWrongTokens(now);

  function cookieOf(request: IncomingMessage): string | null {
    const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
    const value = pairs.find(([name]) => name === cookieName(request))?.[1] ?? '';
    return /^[\w-]{32}$/.test(value) ? value : null;
  }

  function give(request: IncomingMessage, response: ServerResponse, age: number | null): string {
    const session = randomBytes(24).toString('base64url');
    set(request, response, session, age);
    return session;
  }

  function set(
    request: IncomingMessage,
    response: ServerResponse,
    session: string,
    age: number | null,
  ): void {
    const parts = [`${cookieName(request)}=${session}`, 'Path=/', 'HttpOnly', 'SameSite=Strict'];
    if (age !== null) parts.push(`Max-Age=${String(age)}`);
    if (secure) parts.push('Secure');
    response.setHeader('set-cookie', parts.join('; '));
  }

  function proof(session: string): string {
    return createHmac('sha256', key).update(session).digest('base64url');
  }

  return {
    allowed(request) {
      if (token === null || trusted(request)) return true;
      const session = cookieOf(request);
      return session !== null && (open.get(session) ?? 0) > now();
    },
    session: (request, response) => cookieOf(request) ?? give(request, response, null),
    proof,
    proved(request, given) {
      const session = cookieOf(request);
      // A browser says where a form comes from; the front has refused other origins by now.
      const site = request.headers['sec-fetch-site'];
      const ours = request.headers.origin !== undefined || site === 'same-origin';
      return session !== null && ours && sameSecret(given, proof(session));
    },
    login(request, response, given) {
      const from = callerName(request);
      if (wrong.blocked(from)) return 'too_many';
      if (token === null || !sameSecret(given, token)) {
        wrong.note(from);
        return 'wrong';
      }
      for (const [session, until] of open)
        if (until <= now() || open.size >= MOST_SESSIONS) open.delete(session);
      open.set(give(request, response, LASTS / 1000), now() + LASTS);
      return 'in';
    },
    logout(request, response) {
      const session = cookieOf(request);
      if (session !== null) open.delete(session);
      set(request, response, '', 0);
    },
  };
}
