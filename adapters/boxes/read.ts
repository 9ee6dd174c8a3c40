// Logical files back out of their boxes. Files of one box are asked for all at once and come in any order; larger ones follow
// one after the other, their boxes streamed through. A broken one never takes the others with it.
import type { BoxedFile } from '../../domain/backup/boxes.js';
import type { BlobRead, ObjectRequest } from '../../domain/backup/ports.js';
import { errorMessage, NxsError } from '../../domain/errors.js';
import { blobId } from './codec.js';
import type { Shelf, Signal, View } from './shelf.js';
import { collect, once } from './streams.js';
import { viewOf } from './view.js';

/** Boxes up to this many bytes are held whole, so that a broken one is a problem and not a half-read stream. */
const WHOLE = 1024 * 1024;

/** The port's read(). */
export async function* readFiles(
  shelf: Shelf,
  objects: readonly ObjectRequest[],
  signal?: Signal,
  commit?: string | null,
): AsyncGenerator<BlobRead> {
  const files = await filesFor(shelf, objects, signal, commit);
  const single = new Map<string, BoxedFile>();
  const several: BoxedFile[] = [];
  const direct: ObjectRequest[] = [];
  for (const object of objects) {
    const file = files.get(object.oid);
    const [box, more] = file?.boxes ?? [];
    if (file !== undefined && box !== undefined && more === undefined) single.set(box.oid, file);
    else if (file !== undefined) several.push(file);
    else if (shelf.codec.kind === 'parts') direct.push(object);
    else yield { oid: object.oid, problem: 'missing', reason: 'no box of the destination holds it' };
  }
  const boxes = [...single].map(([oid, file]) => ({ oid, size: file.boxes[0]?.size ?? 0 }));
  if (direct.length + boxes.length > 0) {
    for await (const blob of shelf.inner.read([...direct, ...boxes], signal, commit)) {
      const file = single.get(blob.oid);
      yield file === undefined ? blob : await unboxed(shelf, file, blob);
    }
  }
  for (const file of several) {
    yield { oid: file.oid, chunks: shelf.codec.decode(boxAfterBox(shelf, file, signal, commit)) };
  }
}

async function unboxed({ codec }: Shelf, file: BoxedFile, blob: BlobRead): Promise<BlobRead> {
  const { oid } = file;
  if ('problem' in blob) return { ...blob, oid };
  if ((file.boxes[0]?.size ?? 0) > WHOLE) return { oid, chunks: codec.decode(blob.chunks) };
  try {
    const bytes = await collect(blob.chunks);
    if (blobId(bytes) !== blob.oid) return { oid, problem: 'corrupt', reason: 'its box holds other bytes' };
    return { oid, chunks: once(await collect(codec.decode(once(bytes)))) };
  } catch (error) {
    if (error instanceof NxsError && error.code !== 'DESTINATION_UNREADABLE') throw error;
    return { oid, problem: 'corrupt', reason: errorMessage(error) };
  }
}

async function* boxAfterBox(
  { inner }: Shelf,
  file: BoxedFile,
  signal: Signal,
  commit: string | null | undefined,
): AsyncGenerator<Uint8Array> {
  for (const [n, { oid, size }] of file.boxes.entries()) {
    for await (const blob of inner.read([{ oid, size }], signal, commit)) {
      if ('problem' in blob) {
        const which = `box ${n + 1} of ${file.boxes.length}`;
        throw new NxsError('DESTINATION_UNREADABLE', `Its ${which} is ${blob.problem}: ${blob.reason}.`, {
          oid,
        });
      }
      yield* blob.chunks;
    }
  }
}

/** Which boxes hold these objects: as the commit says, else any commit looked at lately, else the newest. */
async function filesFor(
  shelf: Shelf,
  objects: readonly ObjectRequest[],
  signal: Signal,
  commit: string | null | undefined,
): Promise<ReadonlyMap<string, BoxedFile>> {
  const found = new Map<string, BoxedFile>();
  const take = ({ byOid }: View): void => {
    for (const { oid } of objects) {
      const file = byOid.get(oid);
      if (file !== undefined && !found.has(oid)) found.set(oid, file);
    }
  };
  if (typeof commit === 'string') take(await viewOf(shelf, commit, signal));
  if (found.size === objects.length) return found;
  const lately = await Promise.allSettled([...shelf.views.values()].reverse());
  const views = lately.flatMap((view) => (view.status === 'fulfilled' ? [view.value] : []));
  views.forEach(take);
  // Of plain files nothing is lost by not asking: what no index knows is read as it is.
  const enough = shelf.codec.kind === 'parts' ? views.length > 0 : found.size === objects.length;
  if (enough) return found;
  const head = await shelf.inner.head();
  if (head !== null) take(await viewOf(shelf, head.commit, signal));
  return found;
}
