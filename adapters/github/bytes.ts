// Small things about a blob's bytes that several steps need.
import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';

/** Git's own id of these bytes. */
export function blobId(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** Bytes as the stream that the port wants. */
// eslint-disable-next-line @typescript-eslint/require-await -- a stream of what is there already
export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The text of these bytes when it says exactly them, so that it may travel inside a tree; null: they go as a blob. */
export function plainText(bytes: Uint8Array): string | null {
  // A NUL is valid UTF-8, and nothing that every JSON reader on the way keeps.
  if (bytes.includes(0) || !isUtf8(bytes)) return null;
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
