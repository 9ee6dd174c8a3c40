import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errnoOf, errorMessage, NxsError } from '../domain/errors.js';
import type { GuardPolicy } from './front/guard.js';
import { openCrowding } from './front/crowding.js';
import { listenHost, type HttpSettings } from './front/listen-host.js';
import type { Route } from './front/route.js';
import { createRouter } from './front/router.js';

export interface FrontOptions {
  readonly http: HttpSettings;
  /** Asked at every request: a reload changes them. */
  readonly routes: () => readonly Route[];
  readonly say: (line: string) => void;
  readonly onError: (error: unknown) => void;
}

export interface Front {
  /** Base URL for people on this machine. */
  readonly url: string;
  readonly port: number;
  /** Token, names and public URL as they count from now on; address and port stay. */
  reguard(http: HttpSettings): void;
  /** No new connections; running answers go on. */
  stopAccepting(): void;
  /** Cuts what is left. */
  close(): Promise<void>;
}

const PORTS_TRIED = 200;
const MOST_CONNECTIONS = 1000;
/** Connections of one address beyond this machine: nobody out there can take the agent's place at its own gateway. */
const MOST_OF_ONE = 100;

/**
 * Starts the HTTP listener. A taken port falls to the next free one, said plainly. Throws NxsError
 * CONFIG_INVALID for an address that cannot be listened on, or must not be without a token.
 */
export async function startFront({ http, routes, say, onError }: FrontOptions): Promise<Front> {
  const host = listenHost(http);
  let policy = guardPolicy(http, host, http.port);
  const listener = createRouter({ routes, policy: () => policy, onError });
  const server = createServer({ maxHeaderSize: 16 * 1024 }, listener);
  // A client that sends a byte a minute must not hold a socket for ever.
  server.headersTimeout = 10_000;
  server.requestTimeout = 60_000;
  server.keepAliveTimeout = 5_000;
  server.maxConnections = MOST_CONNECTIONS;
  server.on('connection', openCrowding(MOST_OF_ONE));
  const port = await listen(server, host, http.port);
  policy = guardPolicy(http, host, port);
  if (port !== http.port && http.port !== 0)
    say(`port ${http.port} is taken; gateway and dashboard are on port ${port}`);
  const stopAccepting = () => {
    server.close();
    server.closeIdleConnections();
  };
  return {
    url: `http://${urlHost(host)}:${port}`,
    port,
    reguard(next) {
      policy = guardPolicy(next, host, port);
    },
    stopAccepting,
    async close() {
      if (server.listening) stopAccepting();
      server.closeAllConnections();
      await Promise.resolve();
    },
  };
}

function guardPolicy(http: HttpSettings, host: string, port: number): GuardPolicy {
  const publicUrl = http.public_url === undefined ? null : new URL(http.public_url);
  const hosts = [host, ...(http.allowed_hosts ?? [])];
  if (publicUrl !== null) hosts.push(publicUrl.hostname);
  const token = http.token === undefined || http.token === '' ? null : http.token;
  return { port, hosts, publicOrigin: publicUrl?.origin ?? null, token };
}

async function listen(server: Server, host: string, first: number): Promise<number> {
  for (let port = first; port < Math.min(first + PORTS_TRIED, 65_536); port++) {
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ port, host, exclusive: true }, () => {
          server.off('error', reject);
          resolve();
        });
      });
      return (server.address() as AddressInfo).port;
    } catch (error) {
      if (errnoOf(error) === 'EADDRINUSE') continue;
      throw new NxsError('CONFIG_INVALID', `http: cannot listen on ${host}:${port}: ${errorMessage(error)}`);
    }
  }
  throw new NxsError('CONFIG_INVALID', `http: no free port on ${host} from ${first} on.`);
}

/** `0.0.0.0` is no address to open in a browser. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
