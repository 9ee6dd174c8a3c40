// Encryption of what Temporal stores. A key that cannot work must stop the start: going on without it would store plain text.
import * as z from 'zod';
import { secret } from './secret.js';
import { localPath, name } from './text.js';

/** Bytes of a key: AES-256. */
const KEY_BYTES = 32;

const entry = z
  .strictObject({
    id: name().describe('Name of the key; it stands in clear beside each payload that it encrypts.'),
    key: secret()
      .refine((value) => isKey(value), { error: keyFault })
      .optional()
      .describe('The key: 32 bytes as base64; `nxs encryption new-key` makes one.'),
    key_file: localPath()
      .optional()
      .describe('File that holds the key instead of `key`, readable by its owner only (mode 0600).'),
  })
  .refine((value) => value.key !== undefined || value.key_file !== undefined, {
    error: 'has neither `key` nor `key_file`: give one of them, or set the variable that fills it',
  })
  .refine((value) => value.key === undefined || value.key_file === undefined, {
    error: 'has `key` and `key_file`: keep one of them',
  });

const codec = z.strictObject({
  token: secret()
    .min(16, { error: 'expected a token of at least 16 characters' })
    .optional()
    .describe(
      'Token that every client of the codec endpoint must send as `Authorization: Bearer`, also on this machine; left out: direct clients of this machine need none, others http.token.',
    ),
  origins: z
    .array(
      z.string().refine(isOrigin, {
        error: 'expected an origin like "https://temporal.example:8080", without a path',
      }),
    )
    .default([])
    .describe('Web UIs, beside our own, whose pages may use the codec endpoint.'),
});

/** Schema of `temporal.encryption` in nxs.yaml. */
export const encryptionSchema = z.strictObject({
  keys: z
    .array(entry)
    .min(1, { error: 'expected at least one key; leave `encryption` out for none' })
    .superRefine((keys, context) => {
      keys.forEach(({ id }, index) => {
        if (keys.findIndex((other) => other.id === id) === index) return;
        const message = `"${id}" is the id of an earlier key; each key needs its own`;
        context.addIssue({ code: 'custom', path: [index, 'id'], message });
      });
    })
    .describe('The first key encrypts, all of them decrypt: a new one goes to the front.'),
  codec: codec.prefault({}).describe("The endpoint that decodes for Temporal's web UI and command line."),
});

export type EncryptionSettings = z.output<typeof encryptionSchema>;

/** 32 bytes as base64 (or base64url), nothing else. */
export function isKey(text: string): boolean {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return false;
  return Buffer.from(text, 'base64').length === KEY_BYTES && text.replace(/=+$/, '').length === 43;
}

/** What is wrong with a text that should be a key; says nothing of its content. */
export function keyFault({ input }: { readonly input?: unknown }): string {
  const expected = 'expected 32 bytes as base64 (`nxs encryption new-key` makes a key)';
  if (typeof input !== 'string' || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(input)) return expected;
  return `${expected}; this is ${Buffer.from(input, 'base64').length} bytes`;
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
}
