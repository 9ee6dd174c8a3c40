// AES-256-GCM around each payload that goes to Temporal. The format is docs/encryption.md, "Format"; metadata and layout are those of
// Temporal's own samples. Nothing here needs Temporal's packages: the front decodes for the web UI.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { NxsError } from '../../domain/errors.js';
import type { PayloadKey } from './payload-key.js';
import { readPayload, writePayload, type PlainPayload } from './payload-wire.js';

const ENCRYPTED = 'binary/encrypted';
const ENCODING = 'encoding';
const KEY_ID = 'encryption-key-id';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What the SDK takes as a payload codec, without its types. */
export interface Codec {
  encode(payloads: readonly PlainPayload[]): Promise<PlainPayload[]>;
  /** Throws NxsError PAYLOAD_UNREADABLE for an encrypted payload that no key opens; plain ones pass untouched. */
  decode(payloads: readonly PlainPayload[]): Promise<PlainPayload[]>;
}

/**
 * A codec that encrypts with the first key and decrypts with all of them; without a key it writes plain payloads, and still says
 * which key an encrypted one needs. `unreadable` is told of each that cannot be read.
 */
export function openCodec(
  keys: readonly PayloadKey[],
  unreadable: (error: NxsError) => void = () => undefined,
): Codec {
  const ring = new Map(keys.map(({ id, key }) => [id, Buffer.from(key, 'base64')]));
  const [first] = keys;
  const decode = (payload: PlainPayload): PlainPayload => {
    if (!isEncrypted(payload)) return payload;
    try {
      return open(payload, ring);
    } catch (error) {
      if (error instanceof NxsError) unreadable(error);
      throw error;
    }
  };
  return {
    encode: (payloads) =>
      settle(() => {
        const key = first === undefined ? undefined : ring.get(first.id);
        if (first === undefined || key === undefined) return [...payloads];
        return payloads.map((payload) => seal(payload, first.id, key));
      }),
    decode: (payloads) => settle(() => payloads.map(decode)),
  };
}

/** Was it encrypted, by us or by another codec of this format? */
export function isEncrypted({ metadata }: PlainPayload): boolean {
  const encoding = metadata?.[ENCODING];
  return encoding !== undefined && Buffer.from(encoding).toString('utf8') === ENCRYPTED;
}

function seal(payload: PlainPayload, id: string, key: Buffer): PlainPayload {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  // The key's id is authenticated: one that was exchanged in the database is noticed even when both keys are the same bytes.
  cipher.setAAD(Buffer.from(id, 'utf8'));
  const data = Buffer.concat([
    nonce,
    cipher.update(writePayload(payload)),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return { metadata: { [ENCODING]: Buffer.from(ENCRYPTED), [KEY_ID]: Buffer.from(id, 'utf8') }, data };
}

function open({ metadata, data }: PlainPayload, ring: ReadonlyMap<string, Buffer>): PlainPayload {
  const named = metadata?.[KEY_ID];
  if (named === undefined) throw unreadable('It names no key, so it is not of our making.', null);
  const id = Buffer.from(named).toString('utf8');
  const key = ring.get(id);
  if (key === undefined)
    throw unreadable(
      `It needs the key ${shown(id)}, which is not among temporal.encryption.keys (${[...ring.keys()].join(', ') || 'none'}).`,
      id,
    );
  const bytes = Buffer.from(data ?? []);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(id, 'utf8'));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const body = bytes.subarray(NONCE_BYTES, Math.max(NONCE_BYTES, bytes.length - TAG_BYTES));
    return readPayload(Buffer.concat([decipher.update(body), decipher.final()]));
  } catch {
    throw unreadable(
      `The key ${shown(id)} does not open it: another key has that id here, or the payload was changed.`,
      id,
    );
  }
}

function unreadable(why: string, keyId: string | null): NxsError {
  return new NxsError('PAYLOAD_UNREADABLE', `An encrypted payload cannot be read. ${why}`, { keyId });
}

/** An id comes from the server, where anybody may have written it. */
function shown(id: string): string {
  const clean = id.replace(/[^\x20-\x7e]/g, '?');
  return `"${clean.length > 63 ? `${clean.slice(0, 63)}…` : clean}"`;
}

function settle<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => resolve(work()));
}
