// Does it answer? Refused is down; no answer in time may as well be our own network, so it is unknown.
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { errnoOf } from '../../domain/errors.js';
import type { Probe, ServiceReading } from '../../domain/healing/ports.js';
import { bad, good, unknown } from './reading.js';

type Of<T extends Probe['type']> = Extract<Probe, { type: T }>;

/** What says that nobody is there, in words. */
const DOWN: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections',
  ECONNRESET: 'cuts the connection',
  EPIPE: 'cuts the connection',
  ENOTFOUND: 'has no address',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
};

export function probeTcp({ address }: Of<'tcp'>, signal: AbortSignal): Promise<ServiceReading> {
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at).replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(address.slice(at + 1)) });
    const end = (reading: ServiceReading) => {
      socket.destroy();
      resolve(reading);
    };
    socket.once('connect', () => end(good(`${address} takes connections`)));
    socket.once('error', (error) => end(failed(address, error)));
    signal.addEventListener('abort', () => end(unknown(`${address} gave no answer in time`)), { once: true });
  });
}

export function probeHttp({ url, status: wanted }: Of<'http'>, signal: AbortSignal): Promise<ServiceReading> {
  const target = new URL(url);
  // Without user, password and query: they may be secrets.
  const name = `${target.host}${target.pathname}`;
  return new Promise((resolve) => {
    const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(target, {
      agent: false,
      headers: { connection: 'close', 'user-agent': 'nxs-doctor' },
    });
    const end = (reading: ServiceReading) => {
      request.destroy();
      resolve(reading);
    };
    request.once('response', ({ statusCode: status = 0 }) => {
      const fits = wanted === undefined ? status >= 200 && status < 400 : status === wanted;
      end(fits ? good(`${name} answers ${status}`) : bad(`${name} answers ${status}`));
    });
    request.on('error', (error) => end(failed(name, error)));
    signal.addEventListener('abort', () => end(unknown(`${name} gave no answer in time`)), { once: true });
    request.end();
  });
}

function failed(name: string, error: Error): ServiceReading {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const words = DOWN[code];
  if (words !== undefined) return bad(`${name} ${words}`);
  if (/CERT|TLS|SSL|SELF_SIGNED/.test(code)) return bad(`${name} has no certificate that we trust (${code})`);
  if (code.startsWith('HPE_')) return bad(`${name} does not speak HTTP`);
  if (error.message === 'socket hang up') return bad(`${name} cuts the connection`);
  return unknown(`${name} could not be asked (${errnoOf(error) ?? (code === '' ? error.name : code)})`);
}
