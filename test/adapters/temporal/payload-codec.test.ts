// The codec and its wire format, against Temporal's own messages.
import { defaultPayloadConverter } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import fc from 'fast-check';
import { createDecipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isEncrypted, openCodec } from '../../../adapters/temporal/payload-codec.js';
import { readPayload, writePayload, type PlainPayload } from '../../../adapters/temporal/payload-wire.js';
import type { NxsError } from '../../../domain/errors.js';

const { Payload: Message } = temporal.api.common.v1;
const key = (id: string) => ({ id, key: randomBytes(32).toString('base64') });
const A = key('2026-11');
const B = key('2026-05');

const bytes = fc.uint8Array({ maxLength: 300 });
const payload = fc.record({ metadata: fc.dictionary(fc.string({ unit: 'grapheme' }), bytes), data: bytes });

function plain({ metadata, data }: PlainPayload): object {
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [name, [...value]] as const);
  return { metadata: entries.sort(([a], [b]) => (a < b ? -1 : 1)), data: [...(data ?? [])] };
}

async function sealed(given: PlainPayload, ...keys: (typeof A)[]): Promise<PlainPayload> {
  const [one] = await openCodec(keys).encode([given]);
  return one!;
}

async function failure(given: PlainPayload, ...keys: (typeof A)[]): Promise<NxsError> {
  const error: unknown = await openCodec(keys)
    .decode([given])
    .then(
      () => null,
      (caught: unknown) => caught,
    );
  expect(error).toMatchObject({ code: 'PAYLOAD_UNREADABLE' });
  return error as NxsError;
}

describe('the payload on the wire', () => {
  it('is what Temporal reads and writes', () => {
    fc.assert(
      fc.property(payload, (given) => {
        expect(plain(Message.decode(writePayload(given)))).toEqual(plain(given));
        expect(plain(readPayload(Message.encode(given).finish()))).toEqual(plain(given));
      }),
    );
  });

  it('is read past fields of later versions', () => {
    const later = Message.encode({ data: Buffer.from('x'), externalPayloads: [{}] }).finish();
    expect(Buffer.from(readPayload(later).data).toString()).toBe('x');
    const numbers = Buffer.from([0x28, 0x96, 0x01, 0x31, 1, 2, 3, 4, 5, 6, 7, 8, 0x3d, 1, 2, 3, 4]);
    expect(readPayload(Buffer.concat([numbers, later])).data).toEqual(Buffer.from('x'));
  });

  it('is never read past its end, whatever the bytes are', () => {
    fc.assert(
      fc.property(bytes, (junk) => {
        try {
          readPayload(junk);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the codec', () => {
  it('gives back any payload that it encrypted, and shows nothing of it', async () => {
    await fc.assert(
      fc.asyncProperty(payload, async (given) => {
        const stored = await sealed(given, A);
        expect(Object.keys(stored.metadata ?? {}).sort()).toEqual(['encoding', 'encryption-key-id']);
        const [back] = await openCodec([B, A]).decode([stored]);
        expect(plain(back!)).toEqual(plain(given));
      }),
    );
    const stored = await sealed({ data: Buffer.from('planted words'), metadata: {} }, A);
    expect(Buffer.from(stored.data!).includes('planted')).toBe(false);
  });

  it('never encrypts the same payload to the same bytes', async () => {
    const given = { data: Buffer.from('the same') };
    const all = await openCodec([A]).encode(Array.from({ length: 200 }, () => given));
    expect(new Set(all.map(({ data }) => Buffer.from(data!).subarray(0, 12).toString('hex'))).size).toBe(200);
  });

  it('refuses a payload of which any bit was changed, and says which key it names', async () => {
    const stored = await sealed(
      { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{}') },
      A,
    );
    const data = Buffer.from(stored.data!);
    for (let bit = 0; bit < data.length * 8; bit++) {
      const bad = Buffer.from(data);
      bad[bit >> 3]! ^= 1 << (bit & 7);
      expect((await failure({ ...stored, data: bad }, A)).message).toContain('"2026-11" does not open it');
    }
    for (let length = 0; length < data.length; length++)
      await failure({ ...stored, data: data.subarray(0, length) }, A);
  });

  it('refuses a payload under the id of another key, even when both ids have the same key', async () => {
    const stored = await sealed({ data: Buffer.from('x') }, A);
    const twin = { id: 'twin', key: A.key };
    const moved = { ...stored, metadata: { ...stored.metadata, 'encryption-key-id': Buffer.from('twin') } };
    await failure(moved, A, twin);
    await failure(stored, { id: A.id, key: B.key });
  });

  it('names the missing key and the keys that there are, and tells who listens', async () => {
    const stored = await sealed({ data: Buffer.from('x') }, A);
    const { message, details } = await failure(stored, B);
    expect(message).toContain('the key "2026-11", which is not among temporal.encryption.keys (2026-05)');
    expect(message).not.toContain(B.key);
    expect(details).toEqual({ keyId: '2026-11' });
    expect((await failure(stored)).message).toContain('(none)');
    const heard: NxsError[] = [];
    await expect(openCodec([B], (error) => heard.push(error)).decode([stored])).rejects.toThrow();
    expect(heard.map((error) => error.details['keyId'])).toEqual(['2026-11']);
  });

  it('shows an id that a stranger wrote as one short line', async () => {
    const metadata = {
      encoding: Buffer.from('binary/encrypted'),
      'encryption-key-id': Buffer.from(`\u001b[31m\n${'x'.repeat(500)}`),
    };
    const { message } = await failure({ metadata, data: Buffer.alloc(64) }, A);
    expect(message).not.toMatch(/[^\x20-\x7e…]/);
    expect(message.length).toBeLessThan(250);
    const nameless = { metadata: { encoding: metadata.encoding }, data: Buffer.alloc(64) };
    expect((await failure(nameless, A)).message).toContain('names no key');
  });

  it('passes plain payloads untouched, and writes plain ones without a key', async () => {
    const given = defaultPayloadConverter.toPayload<unknown>({ by: 'ops' });
    const [same] = await openCodec([A]).decode([given]);
    expect(same).toBe(given);
    const [written] = await openCodec([]).encode([given]);
    expect(written).toBe(given);
    expect(isEncrypted(given)).toBe(false);
  });

  it('reads with every key and writes with the first', async () => {
    const old = await sealed({ data: Buffer.from('old') }, B);
    const [back] = await openCodec([A, B]).decode([old]);
    expect(Buffer.from(back!.data!).toString()).toBe('old');
    const fresh = await sealed({ data: Buffer.from('new') }, A, B);
    expect(Buffer.from(fresh.metadata!['encryption-key-id']!).toString()).toBe('2026-11');
  });

  it('is the format of docs/encryption.md, word for word', async () => {
    const given = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"hello"') };
    const stored = Buffer.from((await sealed(given, A)).data!);
    const [nonce, body, tag] = [stored.subarray(0, 12), stored.subarray(12, -16), stored.subarray(-16)];
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(A.key, 'base64'), nonce);
    decipher.setAAD(Buffer.from('2026-11'));
    decipher.setAuthTag(tag);
    const message = Message.decode(Buffer.concat([decipher.update(body), decipher.final()]));
    expect(plain(message)).toEqual(plain(given));
  });
});
