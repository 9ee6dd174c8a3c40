// One pack per run: the blobs that travel and the trees and commit that we made go through a single `index-pack`,
// which checks every byte, names the pack by its content and fsyncs it before it becomes visible.
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { NxsError } from '../../domain/errors.js';
import type { GitObject, ObjectType } from './objects.js';

const TYPES: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3 };
const HEADER = 12;
const TRAILER = 20;

/** A pack (format version 2) of `blobs`, itself a whole pack in chunks, and `extra` behind it. */
export async function* packStream(
  blobs: AsyncIterable<Uint8Array> | null,
  extra: readonly GitObject[],
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha1');
  const seal = (bytes: Uint8Array) => {
    hash.update(bytes);
    return bytes;
  };
  if (blobs === null) yield seal(packHeader(extra.length));
  else for await (const bytes of splice(blobs, extra.length)) yield seal(bytes);
  yield seal(Buffer.concat(extra.map(packEntry)));
  yield hash.digest();
}

/** A finished pack in memory; for a handful of small objects. */
export function packOf(objects: readonly GitObject[]): Buffer {
  const body = Buffer.concat([packHeader(objects.length), ...objects.map(packEntry)]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

/** The pack without its checksum, its object count raised by `more`. */
async function* splice(pack: AsyncIterable<Uint8Array>, more: number): AsyncGenerator<Uint8Array> {
  let held: Buffer = Buffer.alloc(0);
  let started = false;
  for await (const chunk of pack) {
    held = held.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : Buffer.concat([held, chunk]);
    if (!started) {
      if (held.length < HEADER + TRAILER) continue;
      yield packHeader(held.readUInt32BE(8) + more);
      held = held.subarray(HEADER);
      started = true;
    }
    if (held.length > TRAILER) {
      yield held.subarray(0, held.length - TRAILER);
      held = held.subarray(held.length - TRAILER);
    }
  }
  if (!started) throw new NxsError('DESTINATION_UNREADABLE', 'The staged pack is cut off.');
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
