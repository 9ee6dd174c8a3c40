// The gateway as a whole: desk, wire, lanes and routes. It needs neither worker nor Temporal to answer.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { openWire } from '../adapters/llm/wire.js';
import type { Config } from '../config/types.js';
import type { RequestKind } from '../domain/failover/request.js';
import { openDesk, type Desk } from './desk.js';
import { openDimensions } from './dimensions.js';
import { addressesOf, type Tracing } from './call/traced.js';
import type { DurableLane } from './durable-lane.js';
import { openCrowd } from './http/crowd.js';
import { complete, PATHS, type Lanes } from './http/completions.js';
import { openDoor } from './http/key.js';
import { sendModels } from './http/models.js';
import { MAX_BODY } from './http/read-request.js';
import { gatewayMetrics } from './metrics.js';
import { viewProviders } from './providers-view.js';
import { rosterOf } from './rules.js';
import { upstreamOf } from './upstream.js';
import type { ProvidersView } from './view.js';
import type { Watch } from './watch.js';

/** A route of the front (workers/front/route.ts fits it). */
export interface GatewayRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly summary: string;
  readonly maxBody?: number;
  /** It asks for the gateway's own key instead of http.token. */
  readonly ownKey?: boolean;
  handle(request: IncomingMessage, response: ServerResponse): void | Promise<void>;
}

type GatewayConfig = Pick<Config, 'providers' | 'unset'> & {
  readonly nxs: { readonly gateway: Config['nxs']['gateway'] };
};

export interface GatewayOptions {
  readonly config: GatewayConfig;
  readonly env: NodeJS.ProcessEnv;
  /** Left out: a request for the durable lane is answered directly. */
  readonly durable?: DurableLane;
  /** Told of what happens, beside the metrics. */
  readonly watch?: Partial<Watch>;
  /** ms since the epoch. */
  readonly now?: () => number;
  /** Left out: no traces. */
  readonly tracing?: Pick<Tracing, 'tracer' | 'propagate'> | null;
}

export interface Gateway {
  /** Under the rules that hold now. */
  desk(): Desk;
  /** As the rules that hold now want them. */
  routes(): readonly GatewayRoute[];
  /** Other rules from now on; running calls end by those that they began with, and breakers keep their state. */
  adopt(config: GatewayConfig): void;
  view(): ProvidersView;
  metrics(): Promise<string>;
  /** For attempts of the durable lane, which are made elsewhere. */
  readonly watch: Watch;
  /** Waits until no client waits any more, at most so many ms. */
  drain(patience: number): Promise<void>;
  /** Cuts all calls of providers. */
  close(): Promise<void>;
}

export function openGateway(options: GatewayOptions): Gateway {
  const { config, env, durable, watch: also, now = Date.now, tracing = null } = options;
  const wire = openWire({ env });
  const crowd = openCrowd();
  const started = now();
  const dimensions = openDimensions();
  let desk = openDesk({ roster: rosterOf(config), now });
  const metrics = gatewayMetrics(() => desk);
  const watch = both(metrics.watch, also ?? {});
  let lanes = lanesOf(config);
  let routes = routesOf(config);

  function lanesOf({ nxs }: GatewayConfig): Lanes {
    const endpoints = desk.roster.usable.map(({ endpoint }) => endpoint);
    const context = { desk, upstream: upstreamOf(wire, endpoints), watch, dimensions, now };
    const traced = tracing === null ? null : { ...tracing, addresses: addressesOf(desk.roster) };
    return { context, durable: durable ?? null, lane: nxs.gateway.lane, tracing: traced };
  }

  function routesOf({ nxs }: GatewayConfig): readonly GatewayRoute[] {
    const { api_key: key } = nxs.gateway;
    const mayCall = openDoor(key);
    const ownKey = key !== undefined && key !== '';
    const route = (kind: RequestKind, summary: string): GatewayRoute => ({
      method: 'POST',
      path: `/v1${PATHS[kind]}`,
      summary,
      maxBody: MAX_BODY,
      ownKey,
      handle: async (request, response) => {
        if (!mayCall(request, response)) return;
        crowd.enter(response);
        await complete(lanes, kind, request, response);
      },
    });
    return [
      route('chat', 'chat, answered by the first provider that can'),
      route('completions', 'text completion (the old API)'),
      route('embeddings', 'embeddings, moved only between providers of the same model'),
      {
        method: 'GET',
        path: '/v1/models',
        summary: 'names that a request may use as its model',
        ownKey,
        handle: (request, response) => {
          if (mayCall(request, response)) sendModels(desk, started, response);
        },
      },
      {
        method: 'GET',
        path: '/api/providers',
        summary: 'providers, their breakers and who goes first, as JSON',
        handle: (_request, response) => {
          response.setHeader('content-type', 'application/json; charset=utf-8');
          response.end(`${JSON.stringify(viewProviders(desk, now()))}\n`);
        },
      },
    ];
  }

  return {
    desk: () => desk,
    routes: () => routes,
    adopt(next) {
      desk = desk.under(rosterOf(next));
      lanes = lanesOf(next);
      routes = routesOf(next);
    },
    view: () => viewProviders(desk, now()),
    watch,
    metrics: () => metrics.text(),
    drain: (patience) => crowd.empty(patience),
    close: () => wire.close(),
  };
}

function both(first: Watch, second: Partial<Watch>): Watch {
  return {
    attempt(...told) {
      first.attempt(...told);
      second.attempt?.(...told);
    },
    hedged(provider) {
      first.hedged(provider);
      second.hedged?.(provider);
    },
    failover(failover) {
      first.failover(failover);
      second.failover?.(failover);
    },
    call(...told) {
      first.call(...told);
      second.call?.(...told);
    },
  };
}
