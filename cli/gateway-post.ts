// A POST to our own front. Not by fetch: that gives up after five minutes without headers, whatever global_timeout says.
import { request, type IncomingMessage } from 'node:http';
import type { Config } from '../config/types.js';
import { errnoOf, errorMessage, NxsError } from '../domain/errors.js';

export interface GatewayPost {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
  readonly signal: AbortSignal;
}

/**
 * The answer, as soon as its headers are there. Throws NxsError TEMPORAL_UNREACHABLE when no control plane runs, CANCELLED when
 * the signal came first.
 */
export async function postToGateway(
  config: Pick<Config, 'nxs' | 'stateDir'>,
  path: string,
  { headers, body, signal }: GatewayPost,
): Promise<IncomingMessage> {
  const { livingRun, readRunFile } = await import('../workers/run-file.js');
  const { gatewayHeader } = await import('../workers/front-client.js');
  const run = livingRun(await readRunFile(config.stateDir));
  if (run === null) throw notRunning(config);
  const text = JSON.stringify(body);
  const all = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    ...gatewayHeader(config),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const call = request(new URL(path, run.http), { method: 'POST', headers: all, signal }, resolve);
    call.once('error', (error) => reject(failure(config, error, signal)));
    call.end(text);
  });
}

/** What a broken connection means to a person. */
export function failure(config: Pick<Config, 'stateDir'>, error: unknown, signal: AbortSignal): NxsError {
  if (signal.aborted) return new NxsError('CANCELLED', 'Interrupted before the answer was there.');
  if (errnoOf(error) === 'ECONNREFUSED') return notRunning(config);
  return new NxsError(
    'TEMPORAL_UNREACHABLE',
    `The control plane broke off before the answer was there: ${errorMessage(error)}.`,
  );
}

function notRunning({ stateDir }: Pick<Config, 'stateDir'>): NxsError {
  return new NxsError(
    'TEMPORAL_UNREACHABLE',
    `No control plane is running on the state directory ${stateDir}.`,
  );
}
