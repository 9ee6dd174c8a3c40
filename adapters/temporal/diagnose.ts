// Why a Temporal server cannot be reached, in words that say what to mend. gRPC only tells that it did not connect in time, so the door
// is tried once by hand: TCP, TLS, and whether it speaks HTTP/2 behind.
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { errnoOf } from '../../domain/errors.js';
import { readTlsFiles } from './tls-files.js';
import type { TemporalTarget } from './target.js';

/** ms for one try at the door. */
const PATIENCE = 2_000;
/** What an HTTP/2 client says first; a server that wants TLS answers it with an alert (its first byte is 21) or hangs up. */
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00';

/** The reason as part of a sentence; null: the door itself is in order. Never rejects. */
export async function diagnose(target: TemporalTarget, error: unknown): Promise<string | null> {
  const refused = refusedCall(target, error);
  if (refused !== null) return refused;
  try {
    return await door(target);
  } catch {
    return null;
  }
}

/** The server answered, and says no. */
function refusedCall({ apiKey, namespace }: TemporalTarget, error: unknown): string | null {
  const text = chainOf(error);
  if (/\bunauthenticated\b|valid authentication credentials|\b16 UNAUTH/i.test(text))
    return apiKey === null
      ? 'it asks for a key, and temporal.api_key is not set'
      : 'it does not take the key in temporal.api_key';
  if (/permission.?denied|not have permission/i.test(text))
    return `our key or certificate may not use the namespace ${namespace}`;
  return null;
}

function chainOf(error: unknown): string {
  let text = '';
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const { code } = at as { readonly code?: unknown };
    text += ` ${at.message}${code === 16 ? ' unauthenticated' : code === 7 ? ' permission denied' : ''}`;
  }
  return text;
}

async function door(target: TemporalTarget): Promise<string | null> {
  const { host, port } = placeOf(target.address);
  const wantsTls = target.tls !== null || target.apiKey !== null;
  if (!wantsTls) return plainDoor(host, port);
  const { ca, cert, key } = target.tls === null ? {} : await readTlsFiles(target.tls);
  const name = target.tls?.server_name ?? host;
  const socket = connectTls({
    ...{ host, port, ca, cert, key, ALPNProtocols: ['h2'] },
    ...(isIP(name) === 0 ? { servername: name } : {}),
  });
  let secured = false;
  socket.once('secureConnect', () => (secured = true));
  const error = await firstTrouble(socket, 'secureConnect');
  return error === null ? null : tlsTrouble(error, target, name, secured);
}

async function plainDoor(host: string, port: number): Promise<string | null> {
  const socket = connectTcp(port, host);
  const heard: number[] = [];
  socket.once('connect', () => socket.write(PREFACE));
  socket.once('data', (chunk: Buffer) => {
    heard.push(chunk[0] ?? 0);
    socket.destroy();
  });
  const error = await firstTrouble(socket, null);
  const hungUp = error === 'closed' || errnoOf(error) === 'ECONNRESET';
  const wantsTls = heard.length === 0 ? hungUp : heard[0] === 21;
  if (wantsTls)
    return 'it does not speak plain text: set temporal.tls (`tls: {}` for TLS with the system authorities)';
  return error === null || error === 'closed' ? null : tcpTrouble(error);
}

/** An error, 'closed', or null when none came in time. With `after`, some ms more are waited: a refused client certificate is told late. */
function firstTrouble(socket: Socket, after: string | null): Promise<Error | 'closed' | null> {
  return new Promise((resolve) => {
    const end = (trouble: Error | 'closed' | null) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(trouble);
    };
    let timer = setTimeout(
      () => end(after === null ? null : Object.assign(new Error('nothing came'), { code: 'ETIMEDOUT' })),
      PATIENCE,
    );
    socket.on('error', end);
    socket.once('close', () => end('closed'));
    if (after === null) return;
    socket.once(after, () => {
      clearTimeout(timer);
      timer = setTimeout(() => end(null), 300);
      socket.resume();
    });
  });
}

function tlsTrouble(
  error: Error | 'closed',
  { tls }: TemporalTarget,
  name: string,
  secured: boolean,
): string | null {
  const authority =
    tls?.ca === undefined
      ? 'the authorities of this system; set temporal.tls.ca'
      : `temporal.tls.ca (${tls.ca})`;
  const certificate =
    tls?.cert === undefined
      ? 'it refuses our TLS: does it want a client certificate (temporal.tls.cert and key)?'
      : `it does not take the client certificate ${tls.cert}`;
  if (error === 'closed')
    return secured
      ? certificate
      : 'it hangs up when TLS begins: does it speak plain text (then leave out temporal.tls)?';
  const { code = '', message } = error as Error & { readonly code?: string };
  if (/CERTIFICATE_REQUIRED|certificate required/i.test(code + message))
    return 'it asks for a client certificate: set temporal.tls.cert and temporal.tls.key';
  if (/alert/i.test(code + message)) return certificate;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `its certificate is not for "${name}": set temporal.tls.server_name to the name that stands in it`;
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired';
  if (/SIGNATURE|SELF_SIGNED|UNABLE_TO_|UNTRUSTED|ISSUER/.test(code))
    return `its certificate is not signed by ${authority}`;
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH|packet length|wrong version/i.test(code + message))
    return 'it does not speak TLS: leave out temporal.tls';
  return tcpTrouble(error);
}

function tcpTrouble(error: Error): string | null {
  switch (errnoOf(error)) {
    case 'ECONNREFUSED':
      return 'nobody listens there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its name cannot be resolved';
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'no way leads there (network, VPN, firewall)';
    default:
      return null;
  }
}

function placeOf(address: string): { readonly host: string; readonly port: number } {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) };
}
