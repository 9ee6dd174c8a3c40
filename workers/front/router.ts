import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { errorCode, errorMessage, ERRORS, NxsError } from '../../domain/errors.js';
import { errorBody } from '../../domain/openai/error-body.js';
import { judge, type Caller, type GuardPolicy } from './guard.js';
import { sendJson, setSecurityHeaders } from './respond.js';
import { matchRoute, type Route } from './route.js';

const DEFAULT_BODY = 64 * 1024;

export interface RouterOptions {
  readonly routes: () => readonly Route[];
  /** Known only after the port is. */
  readonly policy: () => GuardPolicy;
  readonly onError: (error: unknown) => void;
}

/** Guard first, then the table. A route that throws answers 500 and takes nothing else down. */
export function createRouter(options: RouterOptions): RequestListener {
  return (request, response) => {
    setSecurityHeaders(response);
    void answer(options, request, response).catch((error: unknown) => {
      options.onError(error);
      fail(response, error);
    });
  };
}

async function answer(
  { routes, policy }: RouterOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const caller = callerOf(request);
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const match = matchRoute(routes(), request.method ?? 'GET', path);
  const ownKey = match.kind === 'found' && match.route.ownKey === true;
  const rules = ownKey ? { ...policy(), token: null } : policy();
  const verdict = judge(rules, caller);
  if (!verdict.allowed) {
    if (verdict.status === 401) response.setHeader('www-authenticate', 'Bearer realm="nxs"');
    refuse(request, response, verdict.status, verdict.reason);
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
  await match.route.handle(request, response);
}

/** What the guard looks at. */
export function callerOf(request: IncomingMessage): Caller {
  const { host, origin, authorization } = request.headers;
  const forwarded =
    request.headers['x-forwarded-for'] !== undefined || request.headers['forwarded'] !== undefined;
  return { host, origin, authorization, forwarded, address: request.socket.remoteAddress };
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
