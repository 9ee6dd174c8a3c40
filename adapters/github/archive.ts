// Many files in one request. An archive is made by the server from the stored bytes, but git's attributes may keep files out of
// it or change them on the way: what does not hash to the listed id is left to be read by its id.
import { createGunzip } from 'node:zlib';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import type { BlobRead, CancelSignal, ObjectRequest } from '../../domain/backup/ports.js';
import { blobId, once } from './bytes.js';
import { knownListing } from './list.js';

import { asked, type GithubStore } from './store.js';

/** Below this many files single reads are as good. */
const WORTH_IT = 20;
/** An archive brings the whole tree: so much of it (a share of its bytes) must be wanted. */
const SHARE = 0.3;
/** Larger ones are read by their ids, so that memory stays flat. */
const LARGEST = 64 * 1024 * 1024;

/** True when so many files of so many bytes are read as an archive, from a tree of `total` bytes. */
export function worthAnArchive(files: number, bytes: number, total: number): boolean {
  return files >= WORTH_IT && bytes >= total * SHARE;
}

/** The wanted blobs that an archive of the commit gives back whole; nothing when it is not worth it or not offered. */
export async function* readArchive(
  store: GithubStore,
  commit: string,
  objects: readonly ObjectRequest[],
  signal?: CancelSignal,
): AsyncGenerator<BlobRead> {
  if (objects.length < WORTH_IT) return;
  const { files } = await knownListing(store, commit);
  const wanted = new Set(objects.map(({ oid }) => oid));
  const total = files.reduce((sum, { size }) => sum + (size ?? 0), 0);
  const asking = objects.reduce((sum, { size }) => sum + size, 0);
  if (!worthAnArchive(objects.length, asking, total)) return;
  const oidAt = new Map(files.map(({ path, oid }) => [path, oid]));
  const body = await download(store, commit, signal);
  if (body === null) return;
  const entries = extract();
  const flow = pipeline(body, createGunzip(), entries);
  // Whatever breaks off is read one by one afterwards.
  flow.catch(() => undefined);
  try {
    for await (const entry of entries) {
      const oid = oidAt.get(withoutTop(entry.header.name));
      const size = entry.header.size;
      if (entry.header.type !== 'file' || oid === undefined || !wanted.has(oid) || size > LARGEST) {
        entry.resume();
        continue;
      }
      const bytes = await collect(entry);
      if (blobId(bytes) !== oid) continue;
      wanted.delete(oid);
      yield { oid, chunks: once(bytes) };
    }
  } catch {
    return;
  } finally {
    body.destroy();
    await flow.catch(() => undefined);
  }
}

async function download(store: GithubStore, commit: string, signal?: CancelSignal): Promise<Readable | null> {
  const { octokit, at } = store.client;
  try {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/tarball/{ref}', {
      ...at,
      ref: commit,
      request: { ...asked(signal).request, parseSuccessResponseBody: false },
    });
    return data === null || data === undefined
      ? null
      : Readable.fromWeb(data as Parameters<typeof Readable.fromWeb>[0]);
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return null;
  }
}

/** `owner-repo-sha/path` -> `path`. */
function withoutTop(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}

async function collect(entry: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}
