// Doors in front of a Temporal server, as a cluster of somebody else has them: TLS with or without client certificates, and API keys.
// Plain Node underneath; the certificates are made by openssl in a scratch directory.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { OutgoingHttpHeaders } from 'node:http';
import { connect as connectH2, createSecureServer, type ClientHttp2Session } from 'node:http2';
import { connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';

/** PEM files. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface Certificates {
  readonly ca: string;
  /** For the name `temporal.test`, and for 127.0.0.1. */
  readonly server: Pair;
  readonly client: Pair;
}

/**
 * An authority with a certificate for a server and one for a client; with `client`, another one of this name from the authority that is
 * there. Null: this machine has no openssl.
 */
export function makeCertificates(dir: string, client: string | null = null): Certificates | null {
  mkdirSync(dir, { recursive: true });
  const file = (name: string) => join(dir, name);
  const run = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
  const sign = (name: string, names: string): Pair => {
    writeFileSync(file(`${name}.ext`), names);
    const subject = `/CN=${name}.test`;
    run(
      ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', subject],
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    );
    run(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    );
    return { cert: file(`${name}.pem`), key: file(`${name}.key`) };
  };
  try {
    if (client === null) {
      run(
        ...[
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:P-256',
          '-nodes',
          '-subj',
          '/CN=nxs test authority',
        ],
        '-days',
        '2',
        '-keyout',
        'ca.key',
        '-out',
        'ca.pem',
      );
    }
    const server =
      client === null
        ? sign('temporal', 'subjectAltName=DNS:temporal.test,IP:127.0.0.1')
        : { cert: file('temporal.pem'), key: file('temporal.key') };
    return { ca: file('ca.pem'), server, client: sign(client ?? 'client', 'extendedKeyUsage=clientAuth') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

export interface Door {
  /** host:port */
  readonly address: string;
  close(): Promise<void>;
}

/** TLS in front of `target` (host:port); with `clients`, only for those who have a certificate of that authority. */
export async function openTlsDoor(target: string, server: Pair, clients: string | null): Promise<Door> {
  const sockets = new Set<Socket>();
  const [host = '', port = ''] = target.split(':');
  const door = createServer(
    {
      cert: readFileSync(server.cert),
      key: readFileSync(server.key),
      ALPNProtocols: ['h2'],
      ...(clients === null ? {} : { ca: readFileSync(clients), requestCert: true, rejectUnauthorized: true }),
    },
    (inner) => {
      const outer = connect(Number(port), host);
      for (const socket of [inner, outer]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => (inner.destroy(), outer.destroy()));
      }
      inner.pipe(outer).pipe(inner);
    },
  );
  return listening(door, sockets);
}

/** TLS in front of `target`, only for calls that carry one of the keys that `keys` gives at that moment. */
export async function openKeyDoor(
  target: string,
  server: Pair,
  keys: () => readonly string[],
): Promise<Door> {
  const sessions = new Set<{ destroy(): void }>();
  let upstream: ClientHttp2Session | null = null;
  /** A server ends its connections after some minutes; calls that run there end in peace. */
  const session = (): ClientHttp2Session => {
    if (upstream !== null) return upstream;
    const opened = connectH2(`http://${target}`);
    const over = () => {
      if (upstream === opened) upstream = null;
    };
    opened.on('error', over).on('goaway', over).on('close', over);
    upstream = opened;
    return opened;
  };
  const door = createSecureServer({
    cert: readFileSync(server.cert),
    key: readFileSync(server.key),
  });
  door.on('session', (opened) => {
    opened.on('error', () => undefined);
    sessions.add(opened);
  });
  door.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    if (!keys().some((key) => headers.authorization === `Bearer ${key}`)) {
      const refused = {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': '16',
        'grpc-message': 'Request unauthorized.',
      };
      stream.respond(refused, { endStream: true });
      return;
    }
    const { ':scheme': _scheme, ':authority': _authority, connection: _connection, ...rest } = headers;
    const call = session().request({ ...rest, ':scheme': 'http', ':authority': target });
    call.on('error', () => stream.destroy());
    call.on('response', (answer) => {
      if (stream.destroyed) return;
      stream.respond({ ...answer }, { waitForTrailers: true });
      call.pipe(stream);
    });
    let trailers: OutgoingHttpHeaders = {};
    call.on('trailers', (given) => {
      trailers = { ...given };
    });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.on('aborted', () => call.close());
    stream.pipe(call);
  });
  const opened = await listening(door, new Set());
  return {
    address: opened.address,
    async close() {
      upstream?.destroy();
      for (const each of sessions) each.destroy();
      await opened.close();
    },
  };
}

async function listening(server: Server, sockets: ReadonlySet<Socket>): Promise<Door> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${String(port)}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
