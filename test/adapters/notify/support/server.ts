// A chat service on loopback: it remembers what it was asked, and answers what the test wants.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Service {
  readonly url: string;
  readonly asked: Asked[];
  /** Resolves with the next request that comes in whole. */
  next(): Promise<Asked>;
  close(): Promise<void>;
}

/** `answer` gets the number of the request, from 0; 'silence' accepts and says nothing. */
export async function startService(
  answer: (number: number, asked: Asked) => Answer | 'silence' | Promise<Answer> = () => ({}),
): Promise<Service> {
  const asked: Asked[] = [];
  const waiting: ((asked: Asked) => void)[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') };
      asked.push(one);
      waiting.splice(0).forEach((tell) => tell(one));
      void Promise.resolve(answer(asked.length - 1, one)).then((said) => {
        if (said === 'silence') return;
        response.writeHead(said.status ?? 200, said.headers);
        response.end(said.body ?? '');
      });
    });
  };
  const server = createServer(listener);
  return { url: await listen(server), asked, next: () => new Promise((tell) => waiting.push(tell)), close };

  async function close(): Promise<void> {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An address at which nobody listens. */
export async function deadUrl(): Promise<string> {
  const service = await startService();
  await service.close();
  return service.url;
}
