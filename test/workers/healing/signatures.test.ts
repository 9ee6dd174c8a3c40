import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SignatureInput } from '../../../domain/healing/steps.js';
import { checkSignature, makeKey, signDecision } from '../../../workers/healing/signatures.js';

const carol = makeKey();
const dave = makeKey();
const APPROVERS = [
  { name: 'Carol', key: carol.key },
  { name: 'dave', key: dave.key },
  { name: 'eve', key: null },
] as const;

const WORDS = {
  incident: 'inc-1',
  request: 'inc-1:2',
  planHash: 'a'.repeat(64),
  verdict: 'approve',
  by: 'Carol',
} as const;
const check = (input: SignatureInput, node = 'node-a') => checkSignature(node, APPROVERS, input);
const signed = signDecision('node-a', WORDS, carol.pem);

describe('a key', () => {
  it('is 32 bytes in base64 behind its kind, with a PEM of its own each time', () => {
    for (const { key, pem } of [carol, dave]) {
      expect(key).toMatch(/^ed25519:[A-Za-z0-9+/]{43}=$/);
      expect(Buffer.from(key.slice('ed25519:'.length), 'base64')).toHaveLength(32);
      expect(pem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    }
    expect(carol.key).not.toBe(dave.key);
    expect(carol.pem).not.toBe(dave.pem);
  });

  it('that is none cannot sign', () => {
    expect(() => signDecision('node-a', WORDS, 'no key')).toThrow();
    expect(() => signDecision('node-a', WORDS, carol.key)).toThrow();
  });
});

describe('a signature', () => {
  it('is good for exactly what was signed', () => {
    expect(check({ ...WORDS, signature: signed })).toBe('good');
    // Base64 as it is sent in a link.
    const inLink = Buffer.from(signed, 'base64').toString('base64url');
    expect(check({ ...WORDS, signature: inLink })).toBe('good');
  });

  it('is none when there is none, whoever it is', () => {
    for (const by of ['Carol', 'eve', 'nobody', ''])
      expect(check({ ...WORDS, by, signature: null })).toBe('none');
  });

  it('is bad when any word is another, and on any other node', () => {
    expect(check({ ...WORDS, signature: signed }, 'node-b')).toBe('bad');
    const changed: readonly Partial<SignatureInput>[] = [
      { incident: 'inc-2' },
      { request: 'inc-1:3' },
      { planHash: 'b'.repeat(64) },
      { verdict: 'deny' },
      { by: 'dave' },
      // The same person, but not the text that was signed.
      { by: 'carol' },
      { by: ' Carol' },
    ];
    for (const each of changed)
      expect(check({ ...WORDS, ...each, signature: signed }), JSON.stringify(each)).toBe('bad');
  });

  it('is bad of somebody without a key here, and of somebody else', () => {
    for (const by of ['eve', 'nobody', '']) {
      const signature = signDecision('node-a', { ...WORDS, by }, carol.pem);
      expect(check({ ...WORDS, by, signature }), by).toBe('bad');
    }
    expect(check({ ...WORDS, signature: signDecision('node-a', WORDS, dave.pem) })).toBe('bad');
    expect(checkSignature('node-a', [], { ...WORDS, signature: signed })).toBe('bad');
  });

  it('is good under any spelling of the name that was signed as it is sent', () => {
    const by = ' CAROL ';
    const signature = signDecision('node-a', { ...WORDS, by }, carol.pem);
    expect(check({ ...WORDS, by, signature })).toBe('good');
  });

  it('is bad when it is garbage, or one bit of it is another', () => {
    const bytes = Buffer.from(signed, 'base64');
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const flipped = Buffer.from(bytes);
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        expect(check({ ...WORDS, signature: flipped.toString('base64') })).toBe('bad');
      }),
    );
    const garbage = [
      '',
      'garbage',
      '=',
      signed.slice(0, -4),
      Buffer.concat([bytes, bytes]).toString('base64'),
      bytes.toString('hex'),
      Buffer.alloc(64).toString('base64'),
    ];
    for (const signature of garbage) expect(check({ ...WORDS, signature }), signature).toBe('bad');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (signature) => check({ ...WORDS, signature }) === 'bad'),
    );
  });

  it('is bad against a key that is none, and never throws', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
    const keys = [
      '',
      'ed25519:',
      'ed25519:short',
      carol.key.slice(0, -8),
      carol.key.slice('ed25519:'.length),
      `ed25519:${Buffer.alloc(33).toString('base64')}`,
      `ed25519:${rsa.export({ format: 'der', type: 'spki' }).toString('base64')}`,
    ];
    for (const key of keys) {
      const approvers = [{ name: 'Carol', key }];
      expect(checkSignature('node-a', approvers, { ...WORDS, signature: signed }), key).toBe('bad');
    }
  });

  it('made of any words is good for them, and for no others', () => {
    const word = fc.string({ unit: 'binary', maxLength: 20 });
    const words = fc.record({
      incident: word,
      request: word,
      planHash: word,
      verdict: fc.constantFrom('approve', 'deny'),
      by: fc.constantFrom('Carol', 'carol', 'CAROL\t'),
    });
    fc.assert(
      fc.property(words, words, word, (one, other, node) => {
        const signature = signDecision(node, one, carol.pem);
        expect(check({ ...one, signature }, node)).toBe('good');
        const same = JSON.stringify(Object.entries(one)) === JSON.stringify(Object.entries(other));
        expect(check({ ...other, signature }, node)).toBe(same ? 'good' : 'bad');
      }),
      { numRuns: 50 },
    );
  });
});
