// Files out of the stage into boxes, one box in memory at a time.
import type { Box } from '../../domain/backup/boxes.js';
import type { Stage } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { blobHasher } from '../files/hash.js';
import { readObjects } from '../git/read-back.js';
import { blobId, boxPath, cut, type FilledBox } from './codec.js';
import type { Shelf, Signal } from './shelf.js';
import { once } from './streams.js';

export interface Filled {
  /** Bytes of the file itself. */
  readonly size: number;
  readonly boxes: readonly Box[];
}

type Put = (box: FilledBox) => Promise<void> | void;

/** Fills boxes with staged files, cut at `sizesOf` bytes. Throws ACTIVITY_FAILED when the stage has not exactly those bytes. */
export async function fillFromStage(
  shelf: Shelf,
  stage: Stage | null,
  oids: readonly string[],
  put: Put,
  signal: Signal,
  sizesOf: (oid: string) => readonly number[] = () => [shelf.partSize],
): Promise<Map<string, Filled>> {
  const filled = new Map<string, Filled>();
  if (oids.length === 0) return filled;
  if (stage === null) {
    throw new NxsError(
      'ACTIVITY_FAILED',
      `${oids.length} files must travel to ${shelf.inner.name}, but nothing is staged.`,
    );
  }
  const store = { name: 'stage', path: stage.repository, branch: 'main', gitHome: shelf.gitHome };
  for await (const object of readObjects(store, oids, signal)) {
    if ('problem' in object) {
      throw new NxsError('ACTIVITY_FAILED', `The stage cannot give ${object.oid}: ${object.reason}.`);
    }
    const { oid, size } = object;
    const boxes = await fill(shelf, oid, checked(object.chunks, oid, size), put, sizesOf(oid));
    filled.set(oid, { size, boxes });
  }
  return filled;
}

/** Fills boxes with a small file of ours. */
export async function fillFromBytes(shelf: Shelf, bytes: Uint8Array, put: Put): Promise<Filled> {
  const boxes = await fill(shelf, blobId(bytes), once(bytes), put, [shelf.partSize]);
  return { size: bytes.byteLength, boxes };
}

async function fill(
  { codec }: Shelf,
  oid: string,
  plain: AsyncIterable<Uint8Array>,
  put: Put,
  sizes: readonly number[],
): Promise<Box[]> {
  const boxes: Box[] = [];
  for await (const bytes of cut(codec.encode(plain), sizes)) {
    const id = blobId(bytes);
    const box = { path: boxPath(codec.kind, oid, boxes.length, id), oid: id, size: bytes.byteLength };
    boxes.push(box);
    await put({ ...box, bytes });
  }
  return boxes;
}

/** What the stage lost or changed must not be stored as if it were the file. */
async function* checked(
  chunks: AsyncIterable<Uint8Array>,
  oid: string,
  size: number,
): AsyncGenerator<Uint8Array> {
  const hasher = blobHasher(size);
  for await (const chunk of chunks) {
    hasher.update(chunk);
    yield chunk;
  }
  if (hasher.digest().oid !== oid)
    throw new NxsError('ACTIVITY_FAILED', `The stage gave other bytes than ${oid}.`);
}
