// Requests as spans. A client that is traced itself says so in `traceparent`, and its trace goes on here.
import type { ServerResponse } from 'node:http';
import { traceparentOf, type Attributes, type Tracer } from '../../domain/telemetry.js';
import type { Route } from '../front/route.js';

/** The same routes; what they start belongs to the span of their request. */
export function tracedRoutes(routes: readonly Route[], tracer: Tracer | null): readonly Route[] {
  if (tracer === null) return routes;
  return routes.map((route) => ({
    ...route,
    handle(request, response) {
      const { method, path } = route;
      const span = tracer.start(`${method} ${path}`, {
        kind: 'server',
        parent: traceparentOf(request.headers['traceparent']),
        attributes: { 'http.request.method': method, 'http.route': path },
      });
      response.once('close', () => {
        span.set(toldOf(response));
        span.end(response.statusCode >= 500 ? String(response.statusCode) : undefined);
      });
      return tracer.within(span, () => route.handle(request, response));
    },
  }));
}

/** What the gateway tells its client, by the header that says it. */
const TOLD = {
  'x-nxs-provider': 'nxs.provider',
  'x-nxs-attempts': 'nxs.attempts',
  'x-nxs-lane': 'nxs.lane',
  'x-nxs-workflow-id': 'temporal.workflow.id',
} as const;

function toldOf(response: ServerResponse): Attributes {
  const told = Object.entries(TOLD).flatMap(([header, attribute]) => {
    const value = response.getHeader(header);
    return value === undefined ? [] : [[attribute, String(value)] as const];
  });
  const cut = response.writableFinished ? {} : { 'nxs.client_gone': true };
  return { 'http.response.status_code': response.statusCode, ...Object.fromEntries(told), ...cut };
}
