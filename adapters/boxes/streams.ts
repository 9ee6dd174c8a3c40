// Between our streams (async iterables, pulled one by one) and the web streams of the age library.
import { ReadableStream } from 'node:stream/web';

type Chunks = AsyncIterable<Uint8Array>;
type WebStream = globalThis.ReadableStream<Uint8Array>;

/**
 * A stream through a transformation of the library. When it ends, however it ends, nothing reads from `source` any more: the
 * process behind it answers the next question.
 */
export async function* piped(
  source: Chunks,
  through: (stream: WebStream) => Promise<WebStream>,
  explain: (error: unknown) => unknown = (error) => error,
): AsyncGenerator<Uint8Array> {
  const from = source[Symbol.asyncIterator]();
  let reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  try {
    reader = (await through(pulled(from))).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (value.byteLength > 0) yield value;
    }
  } catch (error) {
    throw explain(error);
  } finally {
    await reader?.cancel().catch(() => undefined);
    await from.return?.().catch(() => undefined);
  }
}

/** Reads ahead by nothing. */
function pulled(from: AsyncIterator<Uint8Array>): WebStream {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await from.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        await from.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** A small blob as a whole. */
export async function collect(chunks: Chunks): Promise<Buffer> {
  const held: Uint8Array[] = [];
  for await (const chunk of chunks) held.push(chunk.slice());
  return Buffer.concat(held);
}

/** Bytes as a stream. */
// eslint-disable-next-line @typescript-eslint/require-await -- a stream of what is there already
export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
