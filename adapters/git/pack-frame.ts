// Git refuses a whole pack when its first 12 or last 20 bytes are off, though all objects between them may be
// good. The index knows what both must be.
import { chmod, open } from 'node:fs/promises';
import { idxPackChecksum } from './pack-index.js';

const HEADER = 12;
const TRAILER = 20;

/** True when the signature is there and the trailer is the one that the index names. */
export async function frameIsWhole(pack: string, index: Buffer | null): Promise<boolean> {
  const handle = await open(pack, 'r');
  try {
    const { size } = await handle.stat();
    if (size < HEADER + TRAILER || index === null) return false;
    const head = Buffer.alloc(HEADER);
    const tail = Buffer.alloc(TRAILER);
    await handle.read(head, 0, HEADER, 0);
    await handle.read(tail, 0, TRAILER, size - TRAILER);
    const count = index.readUInt32BE(8 + 255 * 4);
    return head.equals(packHead(count)) && tail.equals(idxPackChecksum(index));
  } finally {
    await handle.close();
  }
}

/** Rewrites header and trailer of a copy, so that git opens it; a cut-off pack gets its trailer at the cut. */
export async function mendFrame(copy: string, index: Buffer, count: number): Promise<void> {
  await chmod(copy, 0o600);
  const handle = await open(copy, 'r+');
  try {
    await handle.write(packHead(count), 0, HEADER, 0);
    const { size } = await handle.stat();
    // Behind the end, never over it: the last bytes of a cut-off pack may belong to an object.
    await handle.write(idxPackChecksum(index), 0, TRAILER, Math.max(size, HEADER));
  } finally {
    await handle.close();
  }
}

function packHead(count: number): Buffer {
  const head = Buffer.alloc(HEADER);
  head.write('PACK', 'latin1');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(count, 8);
  return head;
}
