import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { errorMessage, NxsError } from '../../domain/errors.js';
import { safeInterceptors } from './closed-calls.js';
import { dataConverter } from './data-converter.js';
import { diagnose } from './diagnose.js';
import { readTlsFiles } from './tls-files.js';
import type { TemporalTarget, TlsFiles } from './target.js';

export interface TemporalConnection {
  readonly client: Client;
  readonly close: () => Promise<void>;
}

export interface ConnectOptions {
  readonly address: string;
  readonly tls: NonNullable<ConnectionOptions['tls']>;
  readonly apiKey?: string;
}

/**
 * Options that both connection classes of the SDK understand. An API key never travels without TLS.
 * Throws NxsError CONFIG_INVALID for a TLS file that cannot be read.
 */
export async function connectionOptions(target: TemporalTarget): Promise<ConnectOptions> {
  const { address, tls, apiKey } = target;
  return {
    address,
    tls: tls === null ? apiKey !== null : await readTls(tls),
    ...(apiKey === null ? {} : { apiKey }),
  };
}

/**
 * A client on its own connection. Throws NxsError TEMPORAL_UNREACHABLE within `timeout` ms (3 s) when
 * nobody answers.
 */
export async function connectTemporal(target: TemporalTarget, timeout = 3000): Promise<TemporalConnection> {
  const options = await connectionOptions(target);
  try {
    const connection = await Connection.connect({
      ...options,
      connectTimeout: timeout,
      interceptors: safeInterceptors(),
    });
    const client = new Client({
      connection,
      namespace: target.namespace,
      dataConverter: dataConverter(target.keys),
    });
    return { client, close: () => connection.close() };
  } catch (error) {
    throw await whyUnreachable(target, error);
  }
}

/** The error for a server that does not let us in, with what there is to mend. */
export async function whyUnreachable(target: TemporalTarget, cause: unknown): Promise<NxsError> {
  const reason = await diagnose(target, cause);
  return unreachable(
    target,
    reason === null ? cause : new Error(/[.?)]$/.test(reason) ? reason : `${reason}.`),
  );
}

/** The error for a server that does not answer; names the address and no secret. */
export function unreachable(target: TemporalTarget, cause: unknown): NxsError {
  const reason = scrub(errorMessage(cause), target.apiKey);
  return new NxsError(
    'TEMPORAL_UNREACHABLE',
    `Temporal at ${target.address} (namespace ${target.namespace}) is not reachable: ${reason}`,
    { address: target.address, namespace: target.namespace },
  );
}

function scrub(text: string, secret: string | null): string {
  return secret === null || secret === '' ? text : text.replaceAll(secret, '***');
}

async function readTls(files: TlsFiles): Promise<NonNullable<ConnectionOptions['tls']>> {
  const { ca, cert: crt, key } = await readTlsFiles(files);
  if ((crt === undefined) !== (key === undefined))
    throw new NxsError('CONFIG_INVALID', 'temporal.tls needs both `cert` and `key`, or neither.');
  return {
    ...(ca === undefined ? {} : { serverRootCACertificate: ca }),
    ...(crt === undefined || key === undefined ? {} : { clientCertPair: { crt, key } }),
    ...(files.server_name === undefined ? {} : { serverNameOverride: files.server_name }),
  };
}
