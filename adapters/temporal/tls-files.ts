// Certificates change under their names. Whoever renews them replaces the files; this says that they did, and whether they fit.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { errorMessage, NxsError } from '../../domain/errors.js';
import type { TemporalTarget, TlsFiles } from './target.js';

/**
 * A digest of the TLS files of a target; null when it has none. Throws NxsError CONFIG_INVALID when one cannot be read, or when
 * certificate and key do not belong together.
 */
export async function tlsFingerprint(target: Pick<TemporalTarget, 'tls'> | null): Promise<string | null> {
  if (target === null || target.tls === null) return null;
  const { ca, cert, key } = await readTlsFiles(target.tls);
  if (ca === undefined && cert === undefined) return null;
  try {
    createSecureContext({ ca, cert, key });
  } catch (error) {
    const names = [target.tls.ca, target.tls.cert, target.tls.key].filter((name) => name !== undefined);
    throw new NxsError(
      'CONFIG_INVALID',
      `temporal.tls: ${names.join(', ')} cannot be used: ${errorMessage(error)}`,
    );
  }
  const digest = createHash('sha256');
  for (const bytes of [ca, cert, key]) digest.update(`${String(bytes?.length ?? -1)}\n`).update(bytes ?? '');
  return digest.digest('hex');
}

/** The contents of TLS files. Throws NxsError CONFIG_INVALID for one that cannot be read. */
export async function readTlsFiles(
  files: TlsFiles,
): Promise<Readonly<Record<'ca' | 'cert' | 'key', Buffer | undefined>>> {
  const [ca, cert, key] = await Promise.all([pem(files.ca), pem(files.cert), pem(files.key)]);
  return { ca, cert, key };
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
