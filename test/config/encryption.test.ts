// temporal.encryption: every fault is one sentence at load, and no key is ever in it.
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { payloadKeys } from '../../adapters/temporal/payload-key.js';
import { redact, secretsOf } from '../../config/redact.js';
import { isKey } from '../../config/schemas/encryption.js';
import { makeScratch, type Scratch } from './scratch.js';

const KEY = randomBytes(32).toString('base64');
const OTHER = randomBytes(32).toString('base64');
let scratch: Scratch;

beforeEach(async () => {
  scratch = await makeScratch();
});
afterEach(() => scratch.remove());

function yaml(encryption: object, more: object = {}): Record<string, string> {
  return { 'nxs.yaml': JSON.stringify({ temporal: { ...more, encryption } }) };
}

describe('temporal.encryption', () => {
  it('takes keys from variables and files, embedded and external, the first one first', async () => {
    const file = join(scratch.root, 'key');
    await writeFile(file, `${OTHER}\n`, { mode: 0o600 });
    const encryption = {
      keys: [
        { id: 'new', key: '${E2E_KEY}' },
        { id: 'old', key_file: file },
      ],
    };
    for (const more of [{}, { address: 'host:7233' }]) {
      await scratch.write(yaml(encryption, more));
      for (const env of [{}, { NXS_TEMPORAL_ADDRESS: 'other:7233' }]) {
        const config = await scratch.load({ E2E_KEY: KEY, ...env });
        expect(payloadKeys(config.nxs.temporal)).toEqual([
          { id: 'new', key: KEY },
          { id: 'old', key: OTHER },
        ]);
        expect(secretsOf(config)).toEqual(expect.arrayContaining([KEY, OTHER]));
        expect(JSON.stringify(redact(config))).not.toMatch(
          new RegExp(`${KEY.slice(0, 8)}|${OTHER.slice(0, 8)}`),
        );
      }
    }
  });

  it.each([
    [
      'a variable that is not set',
      { keys: [{ id: 'a', key: '${NOT_SET}' }] },
      /neither `key` nor `key_file`/,
    ],
    ['a key and a file', { keys: [{ id: 'a', key: KEY, key_file: '/x' }] }, /`key` and `key_file`: keep one/],
    [
      '16 bytes',
      { keys: [{ id: 'a', key: KEY.slice(0, 24) }] },
      /expected 32 bytes as base64.*this is 18 bytes/,
    ],
    ['no base64', { keys: [{ id: 'a', key: `${KEY}!` }] }, /expected 32 bytes as base64/],
    [
      'two keys of one id',
      {
        keys: [
          { id: 'a', key: KEY },
          { id: 'a', key: OTHER },
        ],
      },
      /"a" is the id of an earlier key/,
    ],
    ['no keys', { keys: [] }, /at least one key/],
    ['an id of other letters', { keys: [{ id: 'a b', key: KEY }] }, /expected a name/],
    [
      'a file that is not there',
      { keys: [{ id: 'a', key_file: '/nowhere/key' }] },
      /\/nowhere\/key does not exist/,
    ],
    [
      'an origin with a path',
      { keys: [{ id: 'a', key: KEY }], codec: { origins: ['http://x/y'] } },
      /expected an origin/,
    ],
    [
      'a token that can be guessed',
      { keys: [{ id: 'a', key: KEY }], codec: { token: 'short' } },
      /at least 16/,
    ],
  ])('refuses %s', async (_name, encryption, sentence) => {
    await scratch.write(yaml(encryption));
    const { report } = await scratch.fail();
    expect(report).toMatch(sentence);
    expect(report).not.toContain(KEY.slice(0, 24));
  });

  it('refuses a file that others can read or that holds no key, and says which', async () => {
    const file = join(scratch.root, 'key');
    await scratch.write(yaml({ keys: [{ id: 'a', key_file: file }] }));
    await writeFile(file, KEY);
    await chmod(file, 0o644);
    expect((await scratch.fail()).problems).toMatchObject([
      {
        path: 'temporal.encryption.keys[0].key_file',
        message: expect.stringContaining(`chmod 600 ${file}`) as string,
      },
    ]);
    await writeFile(file, `${KEY} and more`);
    await chmod(file, 0o600);
    const { report } = await scratch.fail();
    expect(report).toContain('expected 32 bytes as base64');
    expect(report).not.toContain(KEY);
  });

  it('takes 32 bytes as a key, and no other number of bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 48 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        expect(isKey(text)).toBe(bytes.length === 32);
        expect(isKey(Buffer.from(bytes).toString('base64url'))).toBe(bytes.length === 32);
      }),
    );
  });
});
