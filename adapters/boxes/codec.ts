// The two forms that bytes can have in boxes, behind one interface: raw slices, and an age stream.
import { createHash } from 'node:crypto';
import { BOX_PLACES, type Box, type BoxKind } from '../../domain/backup/boxes.js';

type Chunks = AsyncIterable<Uint8Array>;

export interface BoxCodec {
  readonly kind: BoxKind;
  /** Bytes of a file as they are stored, before they are cut. */
  encode(plain: Chunks): Chunks;
  /** The way back. Throws NxsError DESTINATION_UNREADABLE for bytes that are not what was stored. */
  decode(stored: Chunks): Chunks;
  /** The index as it is stored. */
  seal(text: string): Promise<Uint8Array>;
  /** The way back; `stranger`: it is whole and made for another key. Throws whatever is wrong otherwise. */
  open(stored: Uint8Array): Promise<{ readonly text: string } | { readonly stranger: string }>;
}

/** Slices of the file's own bytes: `cat` puts them together. */
export const partsCodec: BoxCodec = {
  kind: 'parts',
  encode: (plain) => plain,
  decode: (stored) => stored,
  seal: (text) => Promise.resolve(Buffer.from(text)),
  open: (stored) => Promise.resolve({ text: new TextDecoder('utf-8', { fatal: true }).decode(stored) }),
};

/** Name of the nth box (from 0) of a file. An encrypted one is named by nothing but its own id. */
export function boxPath(kind: BoxKind, file: string, n: number, box: string): string {
  const { boxes } = BOX_PLACES[kind];
  if (kind === 'age') return `${boxes}${box.slice(0, 2)}/${box}`;
  return `${boxes}${file}/${String(n + 1).padStart(4, '0')}`;
}

/** A box as it goes into the tree and the stage. */
export interface FilledBox extends Box {
  readonly bytes: Uint8Array;
}

/** Git's own id of these bytes. */
export function blobId(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex');
}

/**
 * Cuts a stream into pieces of `sizes` bytes, the last size repeated; one piece is in memory at a time. An empty stream
 * gives one empty piece.
 */
export async function* cut(stream: Chunks, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let n = 0;
  const limit = (): number => Math.max(1, sizes[Math.min(n, sizes.length - 1)] ?? 1);
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    let rest = chunk;
    while (rest.byteLength > 0) {
      if (bytes === limit()) {
        yield Buffer.concat(held, bytes);
        [held, bytes, n] = [[], 0, n + 1];
      }
      const piece = rest.subarray(0, limit() - bytes);
      // A copy: what a stream hands out is its own again once it is asked for more.
      held.push(piece.slice());
      bytes += piece.byteLength;
      rest = rest.subarray(piece.byteLength);
    }
  }
  yield Buffer.concat(held, bytes);
}
