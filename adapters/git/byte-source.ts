// Takes lines and counted bytes out of a pipe, one after the other, without ever holding more than a chunk or two.

export interface ByteSource {
  /** The next line without its line feed; null when the pipe ended first. */
  line(): Promise<string | null>;
  /** Between 1 and `most` bytes; null at the end. */
  some(most: number): Promise<Buffer | null>;
}

export function byteSource(stream: AsyncIterable<Uint8Array>): ByteSource {
  const chunks = stream[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);

  async function pull(): Promise<boolean> {
    const next = await chunks.next();
    if (next.done === true) return false;
    const { buffer, byteOffset, byteLength } = next.value;
    const chunk = Buffer.from(buffer, byteOffset, byteLength);
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    return true;
  }

  return {
    async line() {
      let end = held.indexOf(0x0a);
      while (end < 0) {
        if (!(await pull())) return null;
        end = held.indexOf(0x0a);
      }
      const text = held.toString('utf8', 0, end);
      held = held.subarray(end + 1);
      return text;
    },
    async some(most) {
      if (held.length === 0 && !(await pull())) return null;
      const taken = held.subarray(0, most);
      held = held.subarray(taken.length);
      return taken;
    },
  };
}
