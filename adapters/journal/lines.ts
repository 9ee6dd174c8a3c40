// Lines are cut at the byte 0x0A only: readline also cuts at U+2028, which JSON leaves unescaped.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

export interface RawLine {
  readonly bytes: Buffer;
  /** False for what stands behind the last newline. */
  readonly terminated: boolean;
}

const BLOCK = 256 * 1024;
const NEWLINE = 0x0a;

/** Lines of a file from byte `start` on, in batches (one await a block, not one a line). Memory: one block and one line. */
export async function* lineBatches(path: string, start = 0, signal?: AbortSignal): AsyncGenerator<RawLine[]> {
  let rest: Buffer[] = [];
  const stream = createReadStream(path, {
    start,
    highWaterMark: BLOCK,
    ...(signal === undefined ? {} : { signal }),
  });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const batch: RawLine[] = [];
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      const piece = chunk.subarray(from, at);
      batch.push({ bytes: rest.length === 0 ? piece : Buffer.concat([...rest, piece]), terminated: true });
      rest = [];
      from = at + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
    if (batch.length > 0) yield batch;
  }
  if (rest.length > 0) yield [{ bytes: Buffer.concat(rest), terminated: false }];
}

/** The same lines, last one first. What stands behind the last newline is left out. */
export async function* linesBackward(path: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const handle = await open(path, 'r');
  try {
    let end = (await handle.stat()).size;
    let rest: Buffer[] = [];
    // Until the first newline from the end is met, the bytes belong to an unfinished line.
    let finished = false;
    while (end > 0) {
      signal?.throwIfAborted();
      const start = Math.max(0, end - BLOCK);
      const block = await readExactly(handle, start, end - start);
      let to = block.length;
      for (let at = block.lastIndexOf(NEWLINE); at !== -1; at = lastBefore(block, at)) {
        const line = Buffer.concat([block.subarray(at + 1, to), ...rest]);
        rest = [];
        to = at;
        if (finished) yield line;
        finished = true;
      }
      rest.unshift(block.subarray(0, to));
      end = start;
    }
    if (finished) yield Buffer.concat(rest);
  } finally {
    await handle.close();
  }
}

// Buffer#lastIndexOf takes -1 as "from the last byte", which would start over for ever.
function lastBefore(block: Buffer, at: number): number {
  return at === 0 ? -1 : block.lastIndexOf(NEWLINE, at - 1);
}

async function readExactly(
  handle: Awaited<ReturnType<typeof open>>,
  start: number,
  length: number,
): Promise<Buffer> {
  const block = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(block, done, length - done, start + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return block.subarray(0, done);
}
