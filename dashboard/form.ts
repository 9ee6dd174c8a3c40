// The body of a form.
import type { IncomingMessage } from 'node:http';

/** A longer body than `most` bytes is cut off, and says nothing then. */
export async function formOf(request: IncomingMessage, most: number): Promise<URLSearchParams> {
  const parts: Buffer[] = [];
  let bytes = 0;
  // Not ended with the loop: the answer goes over the same connection.
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > most) return new URLSearchParams();
    parts.push(part);
  }
  return new URLSearchParams(Buffer.concat(parts).toString('utf8'));
}
