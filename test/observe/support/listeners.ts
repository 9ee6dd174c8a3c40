// Two servers of the outside: one that repeats what it was sent in a refusal, and a collector of traces.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listener {
  readonly url: string;
  close(): Promise<void>;
}

/** A careless server: its 401 repeats path and headers, keys included. It lists models, so that nobody thinks it is out. */
export async function startEcho(): Promise<Listener & { readonly asked: () => readonly string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      response.setHeader('content-type', 'application/json');
      if (request.url === '/v1/models') {
        response.end('{"data":[{"id":"m"}]}');
        return;
      }
      response.statusCode = 401;
      const sent = `${request.url ?? ''} ${JSON.stringify(request.headers)}`;
      response.end(
        JSON.stringify({
          message: `Bad credentials: ${sent}`,
          error: { message: `Incorrect API key: ${sent}` },
        }),
      );
    });
  });
  return { ...(await listen(server)), asked: () => asked };
}

export interface SpanTold {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: unknown }[];
}

interface Body {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly SpanTold[] }[];
  }[];
}

/** OTLP over HTTP in its JSON form (opentelemetry.io/docs/specs/otlp), which is what the SDK's exporter speaks. */
export async function startCollector(): Promise<
  Listener & {
    readonly spans: () => readonly SpanTold[];
    readonly bodies: () => string;
    readonly keys: () => readonly unknown[];
  }
> {
  const bodies: string[] = [];
  const keys: unknown[] = [];
  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      if (request.url === '/v1/traces') bodies.push(text);
      keys.push(request.headers.authorization);
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    });
  });
  const spans = () =>
    bodies
      .flatMap((text) => (JSON.parse(text) as Body).resourceSpans)
      .flatMap((each) => each.scopeSpans)
      .flatMap((each) => each.spans);
  return { ...(await listen(server)), spans, bodies: () => bodies.join('\n'), keys: () => keys };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function listen(server: Server): Promise<Listener> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
