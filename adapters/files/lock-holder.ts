import { readFile, stat } from 'node:fs/promises';
import { errnoOf } from '../../domain/errors.js';
import type { ProcessIdentity } from './process-identity.js';

/** Who holds a lock file. */
export interface LockHolder extends ProcessIdentity {
  /** Random per acquisition; two locks of one process are told apart by it. */
  readonly nonce: string;
  readonly purpose: string;
  /** ISO 8601, UTC. */
  readonly since: string;
}

/**
 * Reads a lock file; null when there is none. A file that makes no sense (a power cut before its bytes
 * reached the disk) is a holder that is dead for certain: pid 0, with its inode as the nonce, so that it
 * has one heir like any other.
 */
export async function readHolder(path: string): Promise<LockHolder | null> {
  try {
    const text = await readFile(path, 'utf8');
    return parseHolder(text) ?? brokenHolder((await stat(path)).ino);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function brokenHolder(inode: number): LockHolder {
  return { pid: 0, started: '', boot: '', nonce: `inode-${inode}`, purpose: 'unknown', since: '' };
}

function parseHolder(text: string): LockHolder | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { pid, started, boot, nonce, purpose, since } = value as Record<string, unknown>;
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return null;
  if (typeof nonce !== 'string' || !/^[\w-]+$/.test(nonce)) return null;
  const asText = (part: unknown): string => (typeof part === 'string' ? part : '');
  return {
    pid,
    nonce,
    started: asText(started),
    boot: asText(boot),
    purpose: asText(purpose),
    since: asText(since),
  };
}
