// One pack per run: the blobs that travel and the trees and commit that we made go through a single `index-pack`,
// which checks every byte, names the pack by its content and fsyncs it before it becomes visible.
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { NxsError } from '../../domain/errors.js';
import type { GitObject, ObjectType } from './objects.js';

const TYPES: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3 };
const HEADER = 12;
const TRAILER = 20;

/** A whole pack in chunks, and how many objects it holds. */
export interface PackSource {
  readonly count: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** A pack (format version 2) of everything in `packs` and of `extra`. */
export async function* packStream(
  packs: readonly PackSource[],
  extra: readonly GitObject[],
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha1');
  const seal = (bytes: Uint8Array) => {
    hash.update(bytes);
    return bytes;
  };
  yield seal(packHeader(packs.reduce((sum, pack) => sum + pack.count, extra.length)));
  for (const pack of packs) for await (const bytes of packBody(pack.chunks)) yield seal(bytes);
  yield seal(Buffer.concat(extra.map(packEntry)));
  yield hash.digest();
}

/** A finished pack in memory; for a handful of small objects. */
export function packOf(objects: readonly GitObject[]): Buffer {
  const body = Buffer.concat([packHeader(objects.length), ...objects.map(packEntry)]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

/** The entries of a pack: all but its header and its checksum. */
async function* packBody(pack: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let skip = HEADER;
  let held: Buffer = Buffer.alloc(0);
  for await (const { buffer, byteOffset, byteLength } of pack) {
    const chunk = Buffer.from(buffer, byteOffset, byteLength);
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    if (held.length <= skip + TRAILER) continue;
    yield held.subarray(skip, held.length - TRAILER);
    skip = 0;
    held = held.subarray(held.length - TRAILER);
  }
  if (skip > 0) throw new NxsError('DESTINATION_UNREADABLE', 'The staged pack is cut off.');
}

function packHeader(count: number): Buffer {
  const header = Buffer.alloc(HEADER);
  header.write('PACK', 'latin1');
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(count, 8);
  return header;
}

function packEntry(object: GitObject): Buffer {
  const head: number[] = [];
  let size = object.bytes.byteLength;
  let byte = (TYPES[object.type] << 4) | (size & 0x0f);
  size = Math.floor(size / 16);
  while (size > 0) {
    head.push(byte | 0x80);
    byte = size & 0x7f;
    size = Math.floor(size / 128);
  }
  head.push(byte);
  return Buffer.concat([Buffer.from(head), deflateSync(object.bytes)]);
}
