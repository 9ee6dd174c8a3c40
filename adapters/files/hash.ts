// Both ids of a file come from one pass over the same bytes, so that they can never speak of two versions.
import { createHash } from 'node:crypto';
import type { CancelSignal } from '../../domain/backup/ports.js';
import { type StableFailure, readStable } from './stable-read.js';
import type { StatKey } from './stat-key.js';

export interface BlobIds {
  /** Git blob id: SHA-1 over `blob <size>\0` and the bytes. */
  readonly oid: string;
  readonly sha256: string;
}

export interface BlobHasher {
  update(chunk: Uint8Array): void;
  digest(): BlobIds;
}

/** Incremental ids of a blob whose size in bytes is known beforehand (git hashes the size first). */
export function blobHasher(size: number): BlobHasher {
  const sha1 = createHash('sha1').update(`blob ${String(size)}\0`);
  const sha256 = createHash('sha256');
  return {
    update(chunk) {
      sha1.update(chunk);
      sha256.update(chunk);
    },
    digest: () => ({ oid: sha1.digest('hex'), sha256: sha256.digest('hex') }),
  };
}

export function hashBytes(bytes: Uint8Array): BlobIds {
  const hasher = blobHasher(bytes.byteLength);
  hasher.update(bytes);
  return hasher.digest();
}

export type HashedFile = ({ readonly ok: true; readonly stat: StatKey } & BlobIds) | StableFailure;

/** Ids of one file, read once and unchanged while it was read (see readStable); stores nothing. */
export async function hashFile(absolute: string, signal?: CancelSignal): Promise<HashedFile> {
  let hasher = blobHasher(0);
  const sink = {
    whole(bytes: Uint8Array) {
      hasher = blobHasher(bytes.byteLength);
      hasher.update(bytes);
    },
    begin(size: number) {
      hasher = blobHasher(size);
    },
    chunk(bytes: Uint8Array) {
      hasher.update(bytes);
    },
    end: () => undefined,
  };
  const read = await readStable(absolute, sink, signal);
  return read.ok ? { ok: true, stat: read.stat, ...hasher.digest() } : read;
}
