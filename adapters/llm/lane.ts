// One origin's connections. undici hands requests to sockets without telling which; two things about the socket
// matter to us, so they are noted here: whether it has answered before, and whether it is still being connected.
import type { SecureContext } from 'node:tls';
import { buildConnector, Client, Pool } from 'undici';
import type { Dispatcher } from 'undici';
import type { Connect } from '../net/connect.js';
import { proxyAuthorization, proxyError, tunnelConnect } from '../net/tunnel.js';

/** Longest wait for a connection, and for a proxy's answer to CONNECT, ms. */
const CONNECT_TIMEOUT = 5_000;
// A handshake is worth keeping, since LLM calls come in bursts. Without one there is little to save, and many servers
// close after 5 s; one that closes earlier is noticed (Exchange, `reused`).
const KEEP_ALIVE = { 'https:': 30_000, 'http:': 4_000 };

/** What is known of the connection that carries a request. */
export interface Line {
  /** Answers that came over it since it was connected. */
  served: number;
  /** Ends it with all that is on it; null: not connected yet. */
  cut: (() => void) | null;
}

/** Takes part in one exchange; the lane writes the line it goes over. */
export interface LaneHandler extends Dispatcher.DispatchHandlers {
  line: Line | null;
}

/** A connection in the making. */
export interface Connecting {
  /** Ends it, unless it stands by now. */
  abandon(): void;
}

export interface LaneOptions {
  readonly proxy: URL | null;
  /** What TLS trusts; null: Node's own choice. */
  readonly trust: SecureContext | null;
  /** Most connections; null: no limit, since a queued call would look like a silent provider. */
  readonly connections: number | null;
}

export interface LaneCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: string | null;
  /** The connection serves nothing after it. */
  readonly reset: boolean;
}

export interface Lane {
  /** Tells of a connection that had to be begun for this request. */
  send(call: LaneCall, handler: LaneHandler): Connecting | null;
  destroy(): Promise<void>;
}

/** Opens no connection yet. Silence is timed by the caller: undici's own limits are off. Throws for a proxy of another kind. */
export function createLane(origin: string, options: LaneOptions): Lane {
  const { proxy, trust } = options;
  if (proxy !== null && proxy.protocol !== 'http:' && proxy.protocol !== 'https:') {
    throw proxyError(`is of a kind that is not known here (${proxy.protocol})`);
  }
  let begun: Connecting | null = null;
  const own = buildConnector({
    timeout: CONNECT_TIMEOUT,
    ...(trust === null ? {} : { secureContext: trust }),
  });
  // It returns the socket, which is the only handle on a connection that is not there yet; its type does not say so.
  const direct = own as unknown as (...args: Parameters<Connect>) => ReturnType<Connect>;
  const secure = origin.startsWith('https:');
  // Proxies often let CONNECT through to port 443 alone, and plain HTTP needs no tunnel: the proxy gets the whole URL.
  const whole = proxy !== null && !secure;
  const connect = proxy !== null && secure ? tunnelConnect(proxy, direct, trust, CONNECT_TIMEOUT) : direct;
  const pool = new Pool(whole ? proxy.origin : origin, {
    connect: watch(connect, (connecting) => (begun = connecting)),
    factory: countingClient,
    keepAliveTimeout: KEEP_ALIVE[secure ? 'https:' : 'http:'],
    headersTimeout: 0,
    bodyTimeout: 0,
    connections: options.connections,
    pipelining: 1,
  });
  const authorization = whole ? proxyAuthorization(proxy) : null;
  const more = [
    ...(whole ? ['host', new URL(origin).host] : []),
    ...(authorization === null ? [] : ['proxy-authorization', authorization]),
  ];

  return {
    send(call, handler) {
      begun = null;
      pool.dispatch(
        {
          method: call.method,
          path: whole ? origin + call.path : call.path,
          headers: [...call.headers, ...more],
          body: call.body,
          reset: call.reset,
        },
        handler,
      );
      const connecting = begun;
      begun = null;
      return connecting;
    },
    async destroy() {
      await pool.destroy();
    },
  };
}

// A connection in the making has to be ended by an error: undici would wait for ever for a silent end.
function watch(connect: Connect, onBegin: (connecting: Connecting) => void): buildConnector.connector {
  return (options, callback) => {
    let settled = false;
    const opening = connect(options, (...args: Parameters<buildConnector.Callback>) => {
      settled = true;
      callback(...args);
    });
    onBegin({
      abandon: () => {
        if (!settled) opening.destroy(new Error('abandoned'));
      },
    });
  };
}

// undici's own abort keeps the aborted request at the head of its queue and opens a new connection for it, only to find
// that nobody wants it: a socket that is destroyed with an error of ours takes its request along.
function countingClient(origin: URL, options: object): Dispatcher {
  const { connect } = options as { readonly connect: buildConnector.connector };
  const line: Line = { served: 0, cut: null };
  const client = new Client(origin, {
    ...options,
    connect: (how, callback) => {
      line.served = 0;
      line.cut = null;
      connect(how, (...args: Parameters<buildConnector.Callback>) => {
        const socket = args[1];
        if (socket !== null) line.cut = () => socket.destroy(new Error('aborted'));
        callback(...args);
      });
    },
  });
  const dispatch = client.dispatch.bind(client);
  client.dispatch = (call, handler) => {
    (handler as LaneHandler).line = line;
    return dispatch(call, handler);
  };
  return client;
}
