// A route may let pages of other origins in, by name (Temporal's web UI, which has payloads decoded by us). The browser asks first, by a
// preflight, and shows the page our answer only when it names the page's origin. https://fetch.spec.whatwg.org/#http-cors-protocol
import type { IncomingMessage, ServerResponse } from 'node:http';
import { matchRoute, type Route } from './route.js';

/** The route that a preflight asks for; null: it is none, or no other origin may use the route. */
export function preflightFor(routes: readonly Route[], request: IncomingMessage, path: string): Route | null {
  const method = request.headers['access-control-request-method'];
  if (request.method !== 'OPTIONS' || request.headers.origin === undefined || method === undefined)
    return null;
  const match = matchRoute(routes, method, path);
  return match.kind === 'found' && match.route.origins !== undefined ? match.route : null;
}

/** Lets the page read the answer. Only for a request that the guard has let in. */
export function allowReading(route: Route, request: IncomingMessage, response: ServerResponse): void {
  if (route.origins === undefined) return;
  response.setHeader('vary', 'Origin');
  const { origin } = request.headers;
  if (origin === undefined) return;
  response.setHeader('access-control-allow-origin', origin);
  // The web UI has a switch that sends cookies along; we look at none, but the browser wants the word.
  response.setHeader('access-control-allow-credentials', 'true');
}

/** Answers a preflight that the guard has let in. */
export function answerPreflight(route: Route, request: IncomingMessage, response: ServerResponse): void {
  allowReading(route, request, response);
  response.setHeader('access-control-allow-methods', route.method);
  const wanted = request.headers['access-control-request-headers'];
  if (wanted !== undefined) response.setHeader('access-control-allow-headers', wanted);
  if (request.headers['access-control-request-private-network'] === 'true')
    response.setHeader('access-control-allow-private-network', 'true');
  response.setHeader('access-control-max-age', '600');
  response.statusCode = 204;
  response.end();
}
