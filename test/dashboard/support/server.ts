// Serves the page behind the front's own router, over ports that the test holds in its hand.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import path from 'node:path';
import type { PageModel } from '../../../dashboard/model.js';
import { openDashboard } from '../../../dashboard/open.js';
import type { DashboardPorts, Said } from '../../../dashboard/ports.js';
import { createRouter } from '../../../workers/front/router.js';
import { busyModel } from './model.js';

type Word = Parameters<DashboardPorts['decide']>[0];

/** The test writes into it while the page is served. */
export interface World {
  model: () => PageModel | Promise<PageModel>;
  mark: string;
  /** Calls of `model`. */
  rendered: number;
  /** Calls of `mark`. */
  marks: number;
  readonly decided: Word[];
  readonly switched: string[];
  readonly labelled: Parameters<DashboardPorts['label']>[0][];
  answer: (word: Word) => Said | Promise<Said>;
  trusted: (request: IncomingMessage) => boolean;
  readonly errors: unknown[];
}

export interface Served {
  readonly url: string;
  readonly port: number;
  readonly world: World;
  /** Open connections. */
  connections(): number;
  /** Takes no call and answers none until it is started again. */
  stop(): Promise<void>;
  /** On the same port; with a dashboard that knows nothing of the last one. */
  start(): Promise<void>;
  /** Ends streams, as the front does when it goes. */
  closeDashboard(): void;
  close(): Promise<void>;
}

export const ASSETS = path.resolve(import.meta.dirname, '../../../dashboard/assets');

export async function serve(
  options: Partial<Pick<DashboardPorts, 'token' | 'secure'>> = {},
): Promise<Served> {
  const world = worldOf();
  const sockets = new Set<Socket>();
  let port = 0;
  let running = await start();

  async function start() {
    const dashboard = await openDashboard(portsOf(world, options));
    const policy = () => ({ port, hosts: [], publicOrigin: null, token: null });
    const onError = (error: unknown) => world.errors.push(error);
    const server = createServer(createRouter({ routes: () => dashboard.routes, policy, onError }));
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
    return { dashboard, server };
  }

  async function stop(): Promise<void> {
    const { dashboard, server } = running;
    dashboard.close();
    const closed = server.listening ? once(server, 'close') : Promise.resolve();
    server.close();
    server.closeAllConnections();
    await closed;
  }

  return {
    url: `http://127.0.0.1:${String(port)}`,
    port,
    world,
    connections: () => sockets.size,
    stop,
    async start() {
      running = await start();
    },
    closeDashboard: () => running.dashboard.close(),
    close: stop,
  };
}

function worldOf(): World {
  return {
    model: () => busyModel(),
    mark: 'first',
    rendered: 0,
    marks: 0,
    decided: [],
    switched: [],
    labelled: [],
    answer: ({ verdict }) => ({
      accepted: true,
      sentence: `It is ${verdict === 'deny' ? 'denied' : 'approved'}.`,
    }),
    trusted: () => false,
    errors: [],
  };
}

function portsOf(world: World, options: Partial<Pick<DashboardPorts, 'token' | 'secure'>>): DashboardPorts {
  return {
    async model() {
      world.rendered++;
      return world.model();
    },
    async mark() {
      world.marks++;
      return world.mark;
    },
    async decide(word) {
      world.decided.push(word);
      return world.answer(word);
    },
    async switchProvider(to) {
      world.switched.push(to);
      return { accepted: true, sentence: `${to} goes first now.` };
    },
    async label(word) {
      world.labelled.push(word);
      return { accepted: true, sentence: 'It is on record.' };
    },
    token: null,
    secure: false,
    ...options,
    trusted: (request) => world.trusted(request),
    assets: ASSETS,
  };
}
