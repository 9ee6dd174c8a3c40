// Bytes back from the server, by object id: never by path, which may be stale, and never believed for their status. Several at
// a time, bounded in number and bytes; many at once come as one archive (archive.ts).
import type { ReadableStream } from 'node:stream/web';
import type { BlobRead, CancelSignal, ObjectRequest } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { readArchive } from './archive.js';
import { blobId, once } from './bytes.js';
import { statusOf } from './failure.js';
import { asked, type GithubStore } from './store.js';

/** Requests at a time, and bytes that they may hold together. */
const AT_ONCE = 8;
const BYTES_AT_ONCE = 64 * 1024 * 1024;
/** A body whose hash is not its id is asked for again: it may have been cut on its way. */
const LOOKS = 2;

/** The port's read(). */
export async function* readBlobs(
  store: GithubStore,
  objects: readonly ObjectRequest[],
  signal?: CancelSignal,
  commit?: string | null,
): AsyncGenerator<BlobRead> {
  const left = new Map(objects.map((object) => [object.oid, object]));
  if (commit !== undefined && commit !== null) {
    for await (const blob of readArchive(store, commit, objects, signal)) {
      left.delete(blob.oid);
      yield blob;
    }
  }
  yield* readOneByOne(store, [...left.values()], signal);
}

async function* readOneByOne(
  store: GithubStore,
  objects: readonly ObjectRequest[],
  signal?: CancelSignal,
): AsyncGenerator<BlobRead> {
  const running = new Map<string, Promise<BlobRead>>();
  let bytes = 0;
  let next = 0;
  const sizes = new Map(objects.map(({ oid, size }) => [oid, size]));
  try {
    while (next < objects.length || running.size > 0) {
      for (let object = objects[next]; object !== undefined; object = objects[next]) {
        const full = running.size >= AT_ONCE || bytes + object.size > BYTES_AT_ONCE;
        if (full && running.size > 0) break;
        bytes += object.size;
        running.set(object.oid, readBlob(store, object.oid, signal));
        next += 1;
      }
      const blob = await Promise.race(running.values());
      running.delete(blob.oid);
      bytes -= sizes.get(blob.oid) ?? 0;
      yield blob;
    }
  } finally {
    await Promise.allSettled(running.values());
  }
}

/** One blob as a whole; at most 100 MB, which GitHub's own limit makes sure. */
async function readBlob(store: GithubStore, oid: string, signal?: CancelSignal): Promise<BlobRead> {
  let bytes: Buffer | null = null;
  for (let look = 0; look < LOOKS; look += 1) {
    try {
      bytes = await download(store, oid, signal);
    } catch (error) {
      if (statusOf(error) === 404) return { oid, problem: 'missing', reason: 'the server does not have it' };
      throw error;
    }
    if (bytes !== null && blobId(bytes) === oid) break;
  }
  if (bytes === null) {
    throw new NxsError('DESTINATION_UNREACHABLE', `${store.client.where}: the download of ${oid} broke off.`);
  }
  return { oid, chunks: once(bytes) };
}

/** The bytes as they are, which takes a third less of everything than base64 in JSON; null: they broke off on their way. */
async function download(store: GithubStore, oid: string, signal?: CancelSignal): Promise<Buffer | null> {
  const { octokit, at, where } = store.client;
  const { data, headers } = await octokit.rest.git.getBlob({
    ...at,
    file_sha: oid,
    mediaType: { format: 'raw' },
    // Else octokit would read them as text, and a download that was cut as an empty one.
    request: { ...asked(signal).request, parseSuccessResponseBody: false },
  });
  const bytes = await drain(data as unknown as ReadableStream<Uint8Array> | null, signal);
  if (signal?.aborted === true) throw new NxsError('CANCELLED', `Work at ${where} was cancelled.`);
  if (bytes === null || blobId(bytes) === oid) return bytes;
  // A server that does not know the raw form.
  return /^application\/json/.test(headers['content-type'] ?? '') ? contentOf(bytes) : bytes;
}

async function drain(
  body: ReadableStream<Uint8Array> | null,
  signal: CancelSignal | undefined,
): Promise<Buffer | null> {
  if (body === null) return Buffer.alloc(0);
  const reader = body.getReader();
  const end = (): void => void reader.cancel().catch(() => undefined);
  const own = signal as AbortSignal | undefined;
  own?.addEventListener('abort', end, { once: true });
  const chunks: Uint8Array[] = [];
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) chunks.push(read.value);
    return Buffer.concat(chunks);
  } catch {
    return null;
  } finally {
    own?.removeEventListener('abort', end);
  }
}

function contentOf(json: Buffer): Buffer | null {
  try {
    const { content } = JSON.parse(json.toString('utf8')) as { content?: unknown };
    return typeof content === 'string' ? Buffer.from(content, 'base64') : null;
  } catch {
    return null;
  }
}
