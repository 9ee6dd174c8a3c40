// Temporal's remote-codec protocol: `{"payloads":[…]}` there and back, in proto3 JSON, where bytes are base64.
// https://docs.temporal.io/codec-server
import * as z from 'zod';
import type { PlainPayload } from '../../adapters/temporal/payload-wire.js';

const bytes = z.string().regex(/^[A-Za-z0-9+/_-]*={0,2}$/);

const body = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), bytes).nullish(), data: bytes.nullish() }))
    .max(10_000),
});

/** null: not what the protocol asks for. */
export function parsePayloads(text: string): readonly PlainPayload[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = body.safeParse(value);
  if (!parsed.success) return null;
  return parsed.data.payloads.map(({ metadata, data }) => ({
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([key, content]) => [key, Buffer.from(content, 'base64')]),
    ),
    data: Buffer.from(data ?? '', 'base64'),
  }));
}

/** The body of the answer. */
export function payloadsBody(payloads: readonly PlainPayload[]): object {
  return {
    payloads: payloads.map(({ metadata, data }) => ({
      metadata: Object.fromEntries(
        Object.entries(metadata ?? {}).map(([key, content]) => [key, base64(content)]),
      ),
      data: base64(data ?? new Uint8Array()),
    })),
  };
}

function base64(content: Uint8Array): string {
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('base64');
}
