import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeManifest, parseManifest } from '../../../domain/backup/manifest.js';
import type { StagedFile } from '../../../domain/backup/entry.js';

const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.constantFrom(...Array.from('0123456789abcdef')),
    minLength: length,
    maxLength: length,
  });

const file: fc.Arbitrary<StagedFile> = fc.record({
  local: fc.string({ unit: 'grapheme', minLength: 1 }),
  path: fc.string({ unit: 'grapheme', minLength: 1 }),
  oid: hex(40),
  sha256: hex(64),
  size: fc.nat(),
  mode: fc.constantFrom('100644' as const, '100755' as const),
});

const files = fc.uniqueArray(file, { selector: (item) => item.path, maxLength: 20 });
const about = { node: 'home', run: 'r1', created: '2026-11-23T00:00:00.000Z', previous: null };

describe('manifest', () => {
  it('gives back what was written, whatever the names', () => {
    fc.assert(
      fc.property(files, (list) => {
        const parsed = parseManifest(encodeManifest(about, list));
        expect(typeof parsed).not.toBe('string');
        if (typeof parsed === 'string') return;
        expect(new Map(parsed.files.map((item) => [item.path, item]))).toEqual(
          new Map(list.map((item) => [item.path, item])),
        );
        expect(parsed.header.bytes).toBe(list.reduce((sum, item) => sum + item.size, 0));
      }),
    );
  });

  it('is the same text for the same files in any order', () => {
    fc.assert(
      fc.property(files, (list) => {
        expect(encodeManifest(about, [...list].reverse())).toBe(encodeManifest(about, list));
      }),
    );
  });

  it('says of every cut that it is not whole', () => {
    fc.assert(
      fc.property(files, fc.double({ min: 0, max: 0.999, noNaN: true }), (list, share) => {
        const text = encodeManifest(about, list);
        const parsed = parseManifest(text.slice(0, Math.floor(text.length * share)));
        expect(typeof parsed).toBe('string');
      }),
    );
  });

  it('never throws on foreign text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(typeof parseManifest(text)).toBe('string');
      }),
    );
  });
});
