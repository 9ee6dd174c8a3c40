import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { readFile } from 'node:fs/promises';
import { errorMessage, NxsError } from '../../domain/errors.js';
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
    const connection = await Connection.connect({ ...options, connectTimeout: timeout });
    const client = new Client({ connection, namespace: target.namespace });
    return { client, close: () => connection.close() };
  } catch (error) {
    throw unreachable(target, error);
  }
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

/** The contents of TLS files. Throws NxsError CONFIG_INVALID for one that cannot be read. */
export async function readTlsFiles(
  files: TlsFiles,
): Promise<Readonly<Record<'ca' | 'cert' | 'key', Buffer | undefined>>> {
  const [ca, cert, key] = await Promise.all([pem(files.ca), pem(files.cert), pem(files.key)]);
  return { ca, cert, key };
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

async function pem(path: string | undefined): Promise<Buffer | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path);
  } catch (error) {
    throw new NxsError('CONFIG_INVALID', `temporal.tls: ${path} cannot be read: ${errorMessage(error)}`, {
      path,
    });
  }
}
