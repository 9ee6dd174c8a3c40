// E-mail over SMTP by nodemailer. The socket is ours: a server that accepts and then trickles cannot hold us beyond the time
// limit, and what we gave up is not delivered behind our back later.
import { createTransport } from 'nodemailer';
import { connect, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { bodyText, headline, type Message, type Sender } from '../../domain/notify/message.js';
import type { Channel, Outcome } from './channel.js';
import { mailFailure } from './email-failure.js';
import { withRetries } from './retry.js';
import type { EmailSettings } from './settings.js';

export interface EmailParts {
  readonly sender: Sender;
  /** Authorities beyond Node's own; null: Node's default. */
  readonly trust: SecureContext | null;
  /** For tests: where the server really is. */
  readonly dial?: { readonly host: string; readonly port: number };
}

/** A mail server. Port 465 speaks TLS from the first byte; on others TLS is a must, except on this machine itself. */
export function emailChannel(settings: EmailSettings, parts: EmailParts): Channel {
  const { name, timeout, password } = settings;
  return {
    name,
    kind: 'email',
    limit: timeout,
    secrets: password === null ? [] : [password, Buffer.from(password).toString('base64')],
    deliver: (message: Message, signal: AbortSignal) =>
      withRetries((each) => send(settings, parts, message, each), { limit: timeout, signal }),
  };
}

async function send(
  settings: EmailSettings,
  { sender, trust, dial }: EmailParts,
  message: Message,
  signal: AbortSignal,
): Promise<Outcome> {
  const { host, port, user, password, from, to, timeout } = settings;
  let socket: Socket | null = null;
  try {
    socket = await opened(dial ?? { host, port }, signal);
    const near = isLoopback(host);
    const secure = port === 465;
    const transport = createTransport({
      host,
      port,
      connection: socket,
      secure,
      requireTLS: !secure && !near,
      // A local server's certificate is made by its package; nobody sits between us and it.
      tls: { rejectUnauthorized: !near, ...(trust === null ? {} : { secureContext: trust }) },
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: timeout,
      ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
    });
    await transport.sendMail({
      from,
      to: [...to],
      subject: headline(message, sender),
      text: bodyText(message, sender),
      headers: { 'Auto-Submitted': 'auto-generated', 'X-NXS-Incident': message.incident },
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    return { ok: true };
  } catch (error) {
    return mailFailure(error, `${host}:${port}`);
  } finally {
    socket?.destroy();
  }
}

function opened(to: { readonly host: string; readonly port: number }, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(to);
    // Between us and nodemailer nobody else may be listening, and an error that nobody hears ends the process.
    socket.on('error', () => undefined);
    // It ends a conversation that is under way, too.
    signal.addEventListener('abort', () => socket.destroy(new Error('out of time')), { once: true });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed')));
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
    if (signal.aborted) socket.destroy(new Error('out of time'));
  });
}

/** Hosts that only this machine can reach. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
