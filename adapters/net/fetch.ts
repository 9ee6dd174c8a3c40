// A fetch for everything that is not a model (GitHub, webhooks): proxies and CAs of the environment hold for it, and a server
// that accepts and then says nothing ends the call.
import { buildConnector, Pool, fetch as undiciFetch, type Dispatcher } from 'undici';
import type { Connect } from './connect.js';
import { proxyFor } from './proxy.js';
import { trustOf, type Environment } from './trust.js';
import { proxyAuthorization, proxyError, tunnelConnect } from './tunnel.js';

const CONNECT_TIMEOUT = 10_000;

export interface NetOptions {
  /** HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE and NODE_EXTRA_CA_CERTS are read. */
  readonly env: Environment;
  /** Longest silence of a server before its headers, and between two pieces of a body, ms. */
  readonly silence: number;
}

export interface Net {
  /** As the global fetch. Throws a TypeError whose cause tells what happened to the connection. */
  readonly fetch: typeof globalThis.fetch;
  /** What could not be honoured in the environment, in whole sentences. */
  readonly problems: readonly string[];
  /** Ends every connection at once. */
  close(): Promise<void>;
}

/** Opens no connection yet; one per process and purpose is enough. */
export function openNet(options: NetOptions): Net {
  const problems: string[] = [];
  const trust = trustOf(options.env, (problem) => problems.push(problem));
  const secure = trust === null ? {} : { secureContext: trust };
  const direct = buildConnector({ timeout: CONNECT_TIMEOUT, ...secure }) as unknown as Connect;
  const pools = new Map<string, Pool>();
  const dispatchers = new Map<string, Dispatcher>();

  function open(origin: string): Dispatcher {
    const proxy = proxyFor(origin, options.env);
    if (proxy !== null && proxy.protocol !== 'http:' && proxy.protocol !== 'https:') {
      throw proxyError(`is of a kind that is not known here (${proxy.protocol})`);
    }
    const tunnelled = proxy !== null && origin.startsWith('https:');
    // Plain HTTP needs no tunnel: the proxy gets the whole URL.
    const whole = proxy !== null && !tunnelled ? proxy : null;
    const connect = tunnelled ? tunnelConnect(proxy, direct, trust, CONNECT_TIMEOUT) : direct;
    const pool = new Pool(whole?.origin ?? origin, {
      connect: connect as unknown as buildConnector.connector,
      headersTimeout: options.silence,
      bodyTimeout: options.silence,
    });
    pools.set(origin, pool);
    return whole === null ? pool : pool.compose(throughProxy(origin, whole));
  }

  // By the origin of each hop: a redirect (archives) leads to another host.
  const route = {
    dispatch(call: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandlers) {
      const origin = String(call.origin);
      const dispatcher = dispatchers.get(origin) ?? open(origin);
      dispatchers.set(origin, dispatcher);
      return dispatcher.dispatch(call, handler);
    },
  } as unknown as Dispatcher;

  /** The way of one call: where it was sent first decides where it may be led. */
  function following(input: string): Dispatcher {
    const first = URL.canParse(input) ? new URL(input) : null;
    return {
      dispatch(call: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandlers) {
        const hop = new URL(String(call.origin));
        if (first !== null && hop.origin !== first.origin && !mayLeadTo(first, hop))
          throw new Error(`a redirect to ${hop.origin} is not followed`);
        return route.dispatch(call, handler);
      },
    } as unknown as Dispatcher;
  }

  return {
    fetch: ((input: string, init?: object) =>
      undiciFetch(input, { ...init, dispatcher: following(input) })) as unknown as typeof globalThis.fetch,
    problems,
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

/** Names and addresses that mean this machine, its network, or the place where clouds keep its keys. */
const INSIDE =
  /^(localhost|.+\.localhost|127\..+|0\..+|10\..+|192\.168\..+|172\.(1[6-9]|2\d|3[01])\..+|169\.254\..+|\[(::|f[cd]|fe[89ab]).*|metadata\.google\.internal)$/i;

/** A server must not make us talk in the clear, nor to what only we can reach. Names that lead there are not looked through. */
export function mayLeadTo(first: URL, hop: URL): boolean {
  if (first.protocol === 'https:' && hop.protocol !== 'https:') return false;
  return !INSIDE.test(hop.hostname) || INSIDE.test(first.hostname);
}

function throughProxy(origin: string, proxy: URL): Dispatcher.DispatcherComposeInterceptor {
  const authorization = proxyAuthorization(proxy);
  const more = {
    host: new URL(origin).host,
    ...(authorization === null ? {} : { 'proxy-authorization': authorization }),
  };
  return (dispatch) => (call, handler) => {
    const headers = call.headers as Readonly<Record<string, string>> | undefined;
    return dispatch(
      { ...call, origin: proxy.origin, path: origin + call.path, headers: { ...headers, ...more } },
      handler,
    );
  };
}
