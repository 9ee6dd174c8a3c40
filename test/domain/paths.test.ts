import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePaths, unsafePath, utf8Length } from '../../domain/paths.js';

describe('unsafePath', () => {
  it.each([
    ['', 'empty'],
    ['/etc/passwd', 'absolute'],
    ['C:/Windows', 'drive'],
    ['a\\b', 'backslash'],
    ['a\nb', 'control'],
    ['a\u0000b', 'control'],
    ['a//b', 'empty component'],
    ['a/', 'empty component'],
    ['../a', '".."'],
    ['a/../../b', '".."'],
    ['./a', '"."'],
    ['.git/config', 'reserved'],
    ['x/.GIT/hooks/post-checkout', 'reserved'],
    ['x/git~1', 'reserved'],
    ['.g\u200cit/config', 'reserved'],
    ['.nxs/manifest.ndjson', 'reserved'],
    ['.nxs-restore-1/x', 'reserved'],
    [`a/${'x'.repeat(256)}`, '255 bytes'],
    [`a/${'é'.repeat(128)}`, '255 bytes'],
    ['a/\ud800', 'Unicode'],
  ])('refuses %j', (path, why) => {
    expect(unsafePath(path)).toContain(why);
  });

  it.each([
    'MEMORY.md',
    'memory/a b.md',
    '-rf',
    'é/e\u0301',
    '😀.md',
    '.gitignore',
    'a/.gitkeep',
    '..a',
    'x'.repeat(255),
  ])('lets %j pass', (path) => {
    expect(unsafePath(path)).toBeNull();
  });

  it('never lets a path pass that climbs, whatever stands around it', () => {
    const part = fc.string({ minLength: 1, maxLength: 8 }).filter((s) => !s.includes('/'));
    fc.assert(
      fc.property(fc.array(part), fc.array(part), (before, after) => {
        expect(unsafePath([...before, '..', ...after].join('/'))).not.toBeNull();
      }),
    );
  });
});

describe('comparePaths', () => {
  it('sorts by UTF-8 bytes, as git does, not by UTF-16 units', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 12 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(comparePaths(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
    );
    expect(comparePaths('\u{1f600}', '\uffff')).toBeGreaterThan(0);
  });
});

describe('utf8Length', () => {
  it('counts the bytes of the encoded text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(utf8Length(text)).toBe(Buffer.byteLength(text));
      }),
    );
  });
});
