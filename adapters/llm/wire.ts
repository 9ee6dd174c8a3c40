// All HTTP to providers goes through here, so that proxies, CAs and the rule "a key goes to its own origin only"
// hold for every call.
import { createLane } from './lane.js';
import type { Connecting, Lane, LaneHandler } from './lane.js';
import type { Endpoint } from './endpoint.js';
import { proxyFor } from '../net/proxy.js';
import { trustOf } from '../net/trust.js';
import type { Environment } from '../net/trust.js';

export interface WireOptions {
  /** HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE and NODE_EXTRA_CA_CERTS are read. */
  readonly env: Environment;
  /** Most connections per origin; left out: no limit, because a queued call would look like a silent provider. */
  readonly connections?: number;
}

export interface Call {
  readonly method: 'GET' | 'POST';
  /** Below the base URL (`/chat/completions`); with `beside`: beside its `/v1` (`/api/v0/models`). */
  readonly path: string;
  readonly beside?: boolean;
  /** JSON text; null: none. */
  readonly body: string | null;
  /** Beside those of the endpoint: names and values by turns. */
  readonly headers?: readonly string[];
  /** Over a connection of its own, that nobody used before and nobody uses after. */
  readonly fresh?: boolean;
}

export interface Wire {
  /** Throws nothing: whatever goes wrong comes to the handler, possibly before this returns. */
  send(endpoint: Endpoint, call: Call, handler: LaneHandler): Connecting | null;
  /** Base URLs that refused `stream_options`; kept as long as the wire. */
  readonly withoutStreamOptions: Set<string>;
  /** What could not be honoured in the environment, in whole sentences. */
  readonly problems: readonly string[];
  /** Ends every call and connection at once. */
  close(): Promise<void>;
}

interface Route {
  readonly origin: string;
  readonly base: string;
  readonly beside: string;
  readonly headers: readonly string[];
}

/** Opens no connection; reads the CA files. One wire per process is enough. */
export function openWire(options: WireOptions): Wire {
  const problems: string[] = [];
  const trust = trustOf(options.env, (problem) => problems.push(problem));
  const routes = new WeakMap<Endpoint, Route>();
  const lanes = new Map<string, Lane>();
  const freshLanes = new Map<string, Lane>();

  function routeOf(endpoint: Endpoint): Route {
    let route = routes.get(endpoint);
    if (route === undefined) {
      route = createRoute(endpoint);
      routes.set(endpoint, route);
    }
    return route;
  }

  function laneOf(origin: string, among: Map<string, Lane>): Lane {
    let lane = among.get(origin);
    if (lane === undefined) {
      const connections = options.connections ?? null;
      lane = createLane(origin, { proxy: proxyFor(origin, options.env), trust, connections });
      among.set(origin, lane);
    }
    return lane;
  }

  return {
    send(endpoint, call, handler) {
      const route = routeOf(endpoint);
      const fresh = call.fresh === true;
      try {
        return laneOf(route.origin, fresh ? freshLanes : lanes).send(
          {
            method: call.method,
            path: (call.beside === true ? route.beside : route.base) + call.path,
            headers: call.headers === undefined ? route.headers : [...route.headers, ...call.headers],
            body: call.body,
            reset: fresh,
          },
          handler,
        );
      } catch (error) {
        handler.onError?.(error instanceof Error ? error : new Error(String(error)));
        return null;
      }
    },
    withoutStreamOptions: new Set(),
    problems,
    async close() {
      await Promise.all([...lanes.values(), ...freshLanes.values()].map((lane) => lane.destroy()));
    },
  };
}

// Redirects are not followed by undici's dispatch, so the key cannot be carried to another origin.
function createRoute(endpoint: Endpoint): Route {
  const url = new URL(endpoint.baseUrl);
  const base = url.pathname.replace(/\/+$/, '');
  return {
    origin: url.origin,
    base,
    beside: base.replace(/\/v1$/, ''),
    headers: [
      'content-type',
      'application/json',
      'accept',
      'application/json, text/event-stream',
      'accept-encoding',
      'identity',
      'user-agent',
      'nxs-resilience',
      ...(endpoint.apiKey === null ? [] : ['authorization', `Bearer ${endpoint.apiKey}`]),
    ],
  };
}
