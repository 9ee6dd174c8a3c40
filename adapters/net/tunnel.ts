// undici's ProxyAgent tries again for ever when a proxy hangs up instead of answering, and its connection cannot be
// given up: so the tunnel is our own.
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { SecureContext } from 'node:tls';
import type { Connect } from './connect.js';

/** `Proxy-Authorization` from the user and password in the proxy's URL, or null. */
export function proxyAuthorization(proxy: URL): string | null {
  if (proxy.username === '') return null;
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** A proxy that does not let us through is as good as a refused connection: nothing of the call went out. */
export function proxyError(what: string): Error {
  return Object.assign(new Error(`the proxy ${what}`), { code: 'ECONNREFUSED' });
}

/**
 * A connector through a CONNECT tunnel of an HTTP proxy; `inner` makes TLS to the origin inside it. `timeout`: longest
 * wait for the proxy, ms.
 */
export function tunnelConnect(
  proxy: URL,
  inner: Connect,
  secureContext: SecureContext | null,
  timeout: number,
): Connect {
  const request = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
  const authorization = proxyAuthorization(proxy);
  return (options, callback) => {
    const host = options.hostname.includes(':') ? `[${options.hostname}]` : options.hostname;
    const target = `${host}:${options.port === '' ? '443' : options.port}`;
    const asked = request({
      method: 'CONNECT',
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : Number(proxy.port),
      path: target,
      headers: { host: target, ...(authorization === null ? {} : { 'proxy-authorization': authorization }) },
      agent: false,
      ...(secureContext === null ? {} : { secureContext }),
    });
    let opening: { destroy(error: Error): unknown } = asked;
    const timer = setTimeout(() => asked.destroy(proxyError('did not answer in time')), timeout);
    asked.once('connect', (response, socket) => {
      clearTimeout(timer);
      if (response.statusCode === 200) {
        opening = inner({ ...options, httpSocket: socket }, callback);
        return;
      }
      socket.destroy();
      callback(proxyError(`answered ${response.statusCode ?? 0}`), null);
    });
    asked.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      callback(error.code === 'ECONNRESET' ? proxyError('hung up') : error, null);
    });
    asked.end();
    return { destroy: (error) => opening.destroy(error) };
  };
}
