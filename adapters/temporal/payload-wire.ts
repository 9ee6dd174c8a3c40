// temporal.api.common.v1.Payload in protobuf's wire format: `map<string, bytes> metadata = 1; bytes data = 2;`. By hand, since the
// front decodes for web pages and must not load the whole of Temporal's messages (some 40 MB) for two fields.
// https://protobuf.dev/programming-guides/encoding/

/** A payload as far as the codec needs it. Metadata in any order; a missing part is an empty one. */
export interface PlainPayload {
  readonly metadata?: Readonly<Record<string, Uint8Array>> | null;
  readonly data?: Uint8Array | null;
}

const METADATA = 0x0a;
const DATA = 0x12;
const ENTRY_KEY = 0x0a;
const ENTRY_VALUE = 0x12;

/** The message's bytes, without a length before them. */
export function writePayload({ metadata, data }: PlainPayload): Buffer {
  const parts = Object.entries(metadata ?? {}).map(([key, value]) => {
    const entry = [field(ENTRY_KEY, Buffer.from(key, 'utf8')), field(ENTRY_VALUE, value)];
    return field(METADATA, Buffer.concat(entry));
  });
  if (data !== undefined && data !== null && data.length > 0) parts.push(field(DATA, data));
  return Buffer.concat(parts);
}

/** Fields that are not ours are passed over. Throws RangeError for bytes that are no message. */
export function readPayload(bytes: Uint8Array): {
  readonly metadata: Record<string, Uint8Array>;
  readonly data: Uint8Array;
} {
  const metadata = Object.create(null) as Record<string, Uint8Array>;
  let data: Uint8Array = new Uint8Array();
  for (const { tag, value } of fields(bytes)) {
    if (tag === DATA) data = value;
    if (tag !== METADATA) continue;
    let key = '';
    let content: Uint8Array = new Uint8Array();
    for (const part of fields(value)) {
      if (part.tag === ENTRY_KEY) key = Buffer.from(part.value).toString('utf8');
      if (part.tag === ENTRY_VALUE) content = part.value;
    }
    metadata[key] = content;
  }
  return { metadata: { ...metadata }, data };
}

function field(tag: number, value: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag, ...varint(value.length)]), value]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...bytes, rest];
}

/** Fields of wire type 2; the others are passed over. */
function* fields(bytes: Uint8Array): Generator<{ readonly tag: number; readonly value: Uint8Array }> {
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 0x80) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 2 ** 63) throw new RangeError('the message is cut short');
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new RangeError('the message is cut short');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = number();
    const wire = tag & 7;
    if (wire === 2) yield { tag, value: take(number()) };
    else if (wire === 0) number();
    else if (wire === 1) take(8);
    else if (wire === 5) take(4);
    else throw new RangeError('the message has a field of an unknown kind');
  }
}
