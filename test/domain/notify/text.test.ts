import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, clip, clipBytes, digestOf, oneLine, utf8Length } from '../../../domain/notify/text.js';

const HALF = /\p{Surrogate}/u;
const anyText = fc.string({ unit: 'binary' });
/** Lone halves of characters, controls, line breaks of every kind. */
const wildText = fc
  .array(
    fc.oneof(anyText, fc.constantFrom('\ud83d', '\udc00', '\r\n', '\0', '\u001b[2J', '\u2028', '\u202e')),
  )
  .map((parts) => parts.join(''));

describe('texts that leave', () => {
  it('have neither control characters nor halves of characters, whatever came in', () => {
    fc.assert(
      fc.property(wildText, (text) => {
        const clean = cleanText(text);
        expect(clean).not.toMatch(HALF);
        // eslint-disable-next-line no-control-regex -- they are what it is about
        expect(clean).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
        expect(cleanText(clean)).toBe(clean);
        expect(oneLine(text)).not.toMatch(/[\r\n\t\u2028\u2029]/);
      }),
    );
  });

  it('keep what is readable', () => {
    expect(cleanText('a\r\nb\rc\td 🙂')).toBe('a\nb\nc\td 🙂');
    expect(oneLine('Subject\r\nBcc: eve@evil.test')).toBe('Subject Bcc: eve@evil.test');
  });

  it('are cut between characters, never longer than asked, and untouched when they fit', () => {
    fc.assert(
      fc.property(wildText.map(cleanText), fc.nat({ max: 60 }), (text, room) => {
        const cut = clip(text, room);
        expect(cut.length).toBeLessThanOrEqual(room);
        expect(cut).not.toMatch(HALF);
        if (text.length <= room) expect(cut).toBe(text);
        const bytes = clipBytes(text, room);
        expect(Buffer.byteLength(bytes)).toBeLessThanOrEqual(room);
        expect(bytes).not.toMatch(HALF);
        if (Buffer.byteLength(text) <= room) expect(bytes).toBe(text);
      }),
    );
    expect(clip('ab🙂cd', 4)).toBe('ab…');
  });

  it('are as long in UTF-8 as Node says', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(utf8Length(text)).toBe(Buffer.byteLength(text));
      }),
    );
  });
});

describe('the digest of a text', () => {
  it.each([
    ['another count', '3 files of 17 are not proved', '4 files of 18 are not proved', true],
    ['another time', 'proved 2026-11-23T10:00:00.000Z', 'proved 2026-11-23T11:00:01.120Z', true],
    ['another destination', 'local: failed', 'github: failed', false],
    ['another confirmation token', 'backup run --confirm 1a2b3c', 'backup run --confirm 9f8e7d', false],
  ])('%s', (_what, a, b, same) => {
    expect(digestOf('t', a) === digestOf('t', b)).toBe(same);
  });

  it('depends on title and text alone', () => {
    fc.assert(
      fc.property(anyText, anyText, (title, text) => {
        expect(digestOf(title, text)).toBe(digestOf(title, text));
        expect(digestOf(title, text)).toMatch(/^[0-9a-f]{14}$/);
      }),
    );
  });
});
