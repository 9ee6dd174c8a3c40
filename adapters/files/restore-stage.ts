// Nothing is placed that was not hashed on its way to the disk: what does not verify ends here.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import type { BlobRead, ObjectRequest } from '../../domain/backup/ports.js';
import { errorMessage } from '../../domain/errors.js';
import type { Content } from '../../domain/restore/plan.js';
import type { Directory } from './restore-dir.js';
import { targetUnwritable, throwIfCancelled } from './restore-errors.js';

export interface RestoreSource {
  read(objects: readonly ObjectRequest[], signal?: AbortSignal): AsyncIterable<BlobRead>;
}

export interface ToStage {
  readonly path: string;
  readonly want: Content;
  readonly directory: Directory;
}

/** Where the verified bytes of a file lie, or why it has none. */
export type Staged = { readonly place: string } | { readonly reason: string };

export interface StageOptions {
  readonly source: RestoreSource;
  readonly target: string;
  readonly signal?: AbortSignal;
  readonly progress?: (bytes: number) => void;
}

type Chunks = AsyncIterable<Uint8Array>;

/** Files synced at the same time: the disk gathers them into few flushes. */
const SYNCS = 16;

/**
 * Writes the bytes of every file into its staging directory, hashed while written and synced. Each blob is
 * read once. Throws NxsError DESTINATION_UNWRITABLE (a full disk: nothing was placed), CANCELLED, and what
 * the source throws before its first byte.
 */
export async function stageFiles(
  files: readonly ToStage[],
  options: StageOptions,
): Promise<Map<string, Staged>> {
  const byOid = grouped(files);
  const staged = new Map<string, Staged>();
  const syncs = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let slot = 0;

  async function write(file: ToStage, chunks: Chunks): Promise<Staged> {
    const place = file.directory.at(String((slot += 1)));
    const result = await writeVerified(file.want, place, chunks, options, (sync) => {
      const tracked = sync
        .catch((error: unknown) => void failures.push(error))
        .finally(() => syncs.delete(tracked));
      syncs.add(tracked);
    });
    if (syncs.size >= SYNCS) await Promise.race(syncs);
    return result;
  }

  async function takeBlob(blob: BlobRead): Promise<void> {
    const [first, ...others] = byOid.get(blob.oid) ?? [];
    byOid.delete(blob.oid);
    if (first === undefined) return;
    const result: Staged = 'problem' in blob ? { reason: blob.reason } : await write(first, blob.chunks);
    staged.set(first.path, result);
    for (const file of others) {
      staged.set(file.path, 'place' in result ? await write(file, createReadStream(result.place)) : result);
    }
  }

  try {
    while (byOid.size > 0) {
      const before = byOid.size;
      try {
        const wanted = [...byOid].map(([oid, [file]]) => ({ oid, size: file?.want.size ?? 0 }));
        for await (const blob of options.source.read(wanted, options.signal)) {
          throwIfCancelled(options.signal);
          await takeBlob(blob);
        }
        break;
      } catch (error) {
        throwIfCancelled(options.signal);
        if (byOid.size === before || isOurs(error)) throw error;
      }
    }
  } finally {
    await Promise.all(syncs);
  }
  if (failures.length > 0) throw targetUnwritable(options.target, failures[0]);
  for (const [, rest] of byOid)
    for (const file of rest) staged.set(file.path, { reason: 'the source did not give its bytes' });
  return staged;
}

/** A source that breaks off inside a blob costs that file; a disk that cannot be written costs the restore. */
async function writeVerified(
  want: Content,
  place: string,
  chunks: Chunks,
  options: StageOptions,
  later: (sync: Promise<void>) => void,
): Promise<Staged> {
  const handle = await open(place, 'wx', 0o600).catch(unwritable(options));
  const hash = createHash('sha256');
  let size = 0;
  let reason: string | null = null;
  try {
    for await (const chunk of chunks) {
      throwIfCancelled(options.signal);
      size += chunk.length;
      // More than was announced cannot verify any more; it is read on, because the source needs it, but not kept.
      if (size > want.size) continue;
      hash.update(chunk);
      await handle.writeFile(chunk).catch(unwritable(options));
      options.progress?.(chunk.length);
    }
  } catch (error) {
    if (isOurs(error)) {
      await handle.close();
      throw error;
    }
    reason = `its bytes broke off: ${errorMessage(error)}`;
  }
  reason ??= mismatch(want, size, hash.digest('hex'));
  if (reason === null) {
    later(handle.datasync().finally(() => handle.close()));
    return { place };
  }
  await handle.close();
  await rm(place, { force: true });
  return { reason };
}

function mismatch(want: Content, size: number, sha256: string): string | null {
  if (size !== want.size)
    return `the source gave ${size > want.size ? 'more than ' : ''}${Math.min(size, want.size)} bytes where ${want.size} were saved`;
  if (sha256 !== want.sha256) return 'its bytes do not have the SHA-256 that was recorded';
  return null;
}

const ours = new WeakSet<Error>();

function unwritable(options: StageOptions): (error: unknown) => never {
  return (error) => {
    const known = targetUnwritable(options.target, error);
    ours.add(known);
    throw known;
  };
}

function isOurs(error: unknown): boolean {
  return error instanceof Error && (ours.has(error) || ('code' in error && error.code === 'CANCELLED'));
}

function grouped(files: readonly ToStage[]): Map<string, ToStage[]> {
  const map = new Map<string, ToStage[]>();
  for (const file of files) {
    const group = map.get(file.want.oid);
    if (group === undefined) map.set(file.want.oid, [file]);
    else group.push(file);
  }
  return map;
}
