// Node's own line readers are slow on lines of 100 KB, and reading a file whole holds it three times: bytes, text, pieces.
import { open } from 'node:fs/promises';

const CHUNK = 256 * 1024;
const NEWLINE = 0x0a;

/**
 * The lines of a UTF-8 file without their newline. What stands behind the last newline is no line and is left out. Throws
 * the system's own error.
 */
export async function* readLines(file: string): AsyncGenerator<string, void> {
  const handle = await open(file, 'r');
  try {
    let buffer = Buffer.allocUnsafe(CHUNK);
    let filled = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, null);
      if (bytesRead === 0) return;
      const fresh = filled;
      filled += bytesRead;
      let begin = 0;
      const text = buffer.subarray(0, filled);
      for (let end = text.indexOf(NEWLINE, fresh); end !== -1; end = text.indexOf(NEWLINE, begin)) {
        yield text.toString('utf8', begin, end);
        begin = end + 1;
      }
      buffer.copyWithin(0, begin, filled);
      filled -= begin;
      if (filled === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
    }
  } finally {
    await handle.close();
  }
}
