// The only source of VERIFIED: bytes that came back from the destination, hashed here.
import type { ReadResult } from '../../domain/backup/classify.js';
import type { StagedFile } from '../../domain/backup/entry.js';
import type { Destination } from '../../domain/backup/ports.js';
import { errorMessage } from '../../domain/errors.js';
import type { BackupPorts, Task } from './ports.js';

export interface ReadBack {
  /** By object id. */
  readonly results: ReadonlyMap<string, ReadResult>;
  readonly files: number;
  readonly bytes: number;
}

/** Between two signs of life, in blobs. */
const PROGRESS_EVERY = 200;

/** Reads these files' blobs back, each object once, and hashes them as they stream by. */
export async function readBack(
  ports: BackupPorts,
  store: Destination,
  files: readonly StagedFile[],
  task: Task,
): Promise<ReadBack> {
  const objects = [...new Map(files.map(({ oid, size }) => [oid, { oid, size }])).values()];
  const results = new Map<string, ReadResult>();
  let bytes = 0;
  for await (const blob of store.read(objects, task.signal)) {
    if ('problem' in blob) {
      results.set(blob.oid, { kind: 'broken', reason: blob.reason });
    } else {
      const result = await hashBlob(ports, blob.chunks);
      results.set(blob.oid, result);
      if (result.kind === 'bytes') bytes += result.size;
    }
    if (results.size % PROGRESS_EVERY === 0) {
      task.progress(`read ${results.size} of ${objects.length} objects back from ${store.name}`);
    }
  }
  return { results, files: files.length, bytes };
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
