import { errorMessage } from '../../domain/errors.js';
import { metricsText } from './metrics.js';
import { sendJson, sendText } from './respond.js';
import type { Route } from './route.js';
import type { ControlPlaneStatus } from './status.js';

export interface RouteSources {
  /** `patience`: longest wait for the worker, ms; the usual one when left out. */
  readonly status: (patience?: number) => Promise<ControlPlaneStatus>;
  /** Further members of `/api/status` (backup, later sync and healing). */
  readonly statusParts: () => Promise<Readonly<Record<string, unknown>>>;
  /** Further Prometheus metrics, as text. */
  readonly metricParts: () => Promise<string>;
}

/** Whoever scrapes waits for a second, ms. */
const SCRAPE_PATIENCE = 700;

/** The front's own routes; gateway and dashboard add theirs to the table. */
export function frontRoutes({ status, statusParts, metricParts }: RouteSources): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/healthz',
      summary: 'the process is alive',
      handle: (_request, response) => sendJson(response, 200, { alive: true }),
    },
    {
      method: 'GET',
      path: '/readyz',
      summary: 'config, worker and Temporal are ready; else 503 and which is not',
      async handle(_request, response) {
        const { ready, checks, detail } = await status();
        const more = detail === null ? {} : { detail };
        sendJson(response, ready ? 200 : 503, { ready, checks, ...more });
      },
    },
    {
      method: 'GET',
      path: '/api/status',
      summary: 'what the control plane knows, as JSON',
      async handle(_request, response) {
        const [own, parts] = await Promise.all([status(), safely(statusParts)]);
        sendJson(response, 200, { ...parts, ...own });
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      summary: 'Prometheus metrics',
      async handle(_request, response) {
        const [own, parts] = await Promise.all([status(SCRAPE_PATIENCE), metricParts()]);
        sendText(response, 200, `${metricsText(own)}${parts}`, 'text/plain; version=0.0.4');
      },
    },
  ];
}

/** The list of routes at `/`, until a dashboard takes the place. */
export function indexRoute(routes: readonly Route[]): Route {
  const lines = routes
    .filter((route) => route.summary !== null)
    .map((route) => `${route.method} ${route.path}`.padEnd(32) + String(route.summary));
  const text = ['NXS Resilience', '', ...lines, ''].join('\n');
  return {
    method: 'GET',
    path: '/',
    summary: null,
    handle: (_request, response) => sendText(response, 200, text),
  };
}

/** A part that cannot be told must not hide the others. */
async function safely(parts: RouteSources['statusParts']): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await parts();
  } catch (error) {
    return { partsError: errorMessage(error) };
  }
}
