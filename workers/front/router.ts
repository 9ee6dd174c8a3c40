import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { callerName, openWrongTokens, type WrongTokens } from '../../config/wrong-tokens.js';
import { errorCode, errorMessage, ERRORS, NxsError } from '../../domain/errors.js';
import { errorBody } from '../../domain/openai/error-body.js';
import { allowReading, answerPreflight, preflightFor } from './cors.js';
import { judge, needsToken, type Caller, type GuardPolicy } from './guard.js';
import { sendJson, setSecurityHeaders } from './respond.js';
import { matchRoute, type Route } from './route.js';

const DEFAULT_BODY = 64 * 1024;

export interface RouterOptions {
  readonly routes: () => readonly Route[];
  /** Known only after the port is. */
  readonly policy: () => GuardPolicy;
  /** Of those who have to bring the token. */
  readonly wrong?: WrongTokens;
  readonly onError: (error: unknown) => void;
}

/** Guard first, then the table. A route that throws answers 500 and takes nothing else down. */
export function createRouter(given: RouterOptions): RequestListener {
  const options = { wrong: openWrongTokens(), ...given };
  return (request, response) => {
    setSecurityHeaders(response);
    void answer(options, request, response).catch((error: unknown) => {
      options.onError(error);
      fail(response, error);
    });
  };
}

async function answer(
  { routes, policy, wrong }: Required<RouterOptions>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const caller = callerOf(request);
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const all = routes();
  const match = matchRoute(all, request.method ?? 'GET', path);
  const preflight = preflightFor(all, request, path);
  const route = preflight ?? (match.kind === 'found' ? match.route : null);
  const rules = rulesOf(policy(), route);
  const verdict = judge(rules, caller);
  // The right one does not count either: else guessing would go on.
  if (needsToken(rules, caller) && wrong.blocked(callerName(request))) {
    response.setHeader('retry-after', 60);
    refuse(request, response, 429, 'Too many wrong tokens came from there; wait a minute.');
    return;
  }
  if (!verdict.allowed) {
    if (verdict.status === 401) {
      if (caller.authorization !== undefined) wrong.note(callerName(request));
      response.setHeader('www-authenticate', 'Bearer realm="nxs"');
    }
    refuse(request, response, verdict.status, verdict.reason);
    return;
  }
  if (preflight !== null) {
    answerPreflight(preflight, request, response);
    return;
  }
  if (match.kind === 'none') {
    refuse(request, response, 404, 'There is no such path; see /.');
    return;
  }
  if (match.kind === 'method') {
    response.setHeader('allow', match.allow.join(', '));
    refuse(request, response, 405, `This path takes ${match.allow.join(', ')}.`);
    return;
  }
  const limit = match.route.maxBody ?? DEFAULT_BODY;
  if (Number(request.headers['content-length'] ?? 0) > limit) {
    refuse(request, response, 413, `The request is larger than ${limit} bytes.`);
    return;
  }
  allowReading(match.route, request, response);
  await match.route.handle(request, response);
}

function rulesOf(policy: GuardPolicy, route: Route | null): GuardPolicy {
  const origins = route?.origins?.();
  if (origins === undefined && route?.ownKey !== true) return policy;
  return {
    ...policy,
    ...(route?.ownKey === true ? { token: null } : {}),
    ...(origins === undefined ? {} : { origins }),
  };
}

/** What the guard looks at. */
export function callerOf(request: IncomingMessage): Caller {
  const { host, origin, authorization } = request.headers;
  const forwarded =
    request.headers['x-forwarded-for'] !== undefined || request.headers['forwarded'] !== undefined;
  const [site, dest] = [single(request, 'sec-fetch-site'), single(request, 'sec-fetch-dest')];
  return { host, origin, authorization, site, dest, forwarded, address: request.socket.remoteAddress };
}

function single(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

/** An answer to a request whose body nobody will read: the connection cannot be used again. */
function refuse(request: IncomingMessage, response: ServerResponse, status: number, message: string): void {
  const hasBody = Number(request.headers['content-length'] ?? 0) > 0;
  if (hasBody || request.headers['transfer-encoding'] !== undefined)
    response.setHeader('connection', 'close');
  sendJson(response, status, { error: errorFor(status, message) });
}

/** Clients of the gateway read OpenAI's members, whatever path they took. */
function errorFor(status: number, message: string, code: string = codeOf(status)): object {
  return { status, ...errorBody(status, code, message).error };
}

function codeOf(status: number): string {
  return CODES[status] ?? 'error';
}

const CODES: Readonly<Record<number, string>> = {
  401: 'invalid_api_key',
  403: 'origin_not_allowed',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'request_too_large',
  421: 'host_not_allowed',
  429: 'too_many_wrong_tokens',
};

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // Only our own errors are written for people; others may carry anything.
  const ours = error instanceof NxsError;
  const status = ours ? ERRORS[error.code].http : 500;
  const message = ours ? errorMessage(error) : 'Something went wrong here; the log of the front says what.';
  sendJson(response, status, { error: errorFor(status, message, errorCode(error)) });
}
