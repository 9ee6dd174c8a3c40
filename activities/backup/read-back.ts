// The only source of VERIFIED: bytes that came back from the destination, hashed here.
import type { ReadResult } from '../../domain/backup/classify.js';
import type { Destination } from '../../domain/backup/ports.js';
import { errorMessage } from '../../domain/errors.js';
import type { BackupPorts, Task } from './ports.js';

/** What each object id read back as. */
export type ReadBack = ReadonlyMap<string, ReadResult>;

export interface ReadingOptions {
  readonly commit?: string | null;
  readonly results?: Map<string, ReadResult>;
}

/** Between two signs of life, in blobs. */
const PROGRESS_EVERY = 200;

/**
 * Reads these blobs back, each object once, and hashes them as they stream by. `commit`: one whose tree holds them.
 * `results` has what was read so far also when the reading ends with an error.
 */
export async function readBack(
  ports: BackupPorts,
  store: Destination,
  blobs: readonly { readonly oid: string; readonly size: number | null }[],
  task: Task,
  { commit = null, results = new Map<string, ReadResult>() }: ReadingOptions = {},
): Promise<ReadBack> {
  const objects = [...new Map(blobs.map(({ oid, size }) => [oid, { oid, size: size ?? 0 }])).values()];
  for await (const blob of store.read(objects, task.signal, commit)) {
    if ('problem' in blob) {
      results.set(blob.oid, { kind: 'broken', reason: blob.reason });
    } else {
      results.set(blob.oid, await hashBlob(ports, blob.chunks));
    }
    if (results.size % PROGRESS_EVERY === 0) {
      task.progress(`read ${results.size} of ${objects.length} objects back from ${store.name}`);
    }
  }
  return results;
}

async function hashBlob(ports: BackupPorts, chunks: AsyncIterable<Uint8Array>): Promise<ReadResult> {
  const hash = ports.hasher();
  let size = 0;
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      size += chunk.length;
    }
  } catch (error) {
    return { kind: 'broken', reason: errorMessage(error) };
  }
  return { kind: 'bytes', sha256: hash.hex(), size };
}
