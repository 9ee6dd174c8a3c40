import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unsafePath } from '../../../domain/paths.js';
import type { RemoteEntry } from '../../../domain/sync/ports.js';
import { isOurCorner, unfitName, validTree } from '../../../domain/sync/remote-tree.js';

const OID = '0123456789'.repeat(4);
const entry = (path: string, other: Partial<RemoteEntry> = {}): RemoteEntry => ({
  ...{ path, utf8: true, mode: '100644', oid: OID, size: 3 },
  ...other,
});
const parted = (entries: readonly RemoteEntry[], covers: (path: string) => boolean = () => true) =>
  validTree(entries, { covers, largest: 1000 });

const HOSTILE: readonly (readonly [string, string])[] = [
  ['', 'empty'],
  ['/etc/passwd', 'absolute'],
  ['../up.md', '".."'],
  ['a/../../b', '".."'],
  ['a/./b', '"."'],
  ['a//b', 'empty component'],
  ['a/', 'empty component'],
  ['.git/hooks/post-checkout', 'reserved'],
  ['a/.GIT/config', 'reserved'],
  ['a/.Git', 'reserved'],
  ['git~1/config', 'reserved'],
  ['a/GIT~2', 'reserved'],
  ['.g\u200cit/config', 'reserved'],
  ['.git\u200d/config', 'reserved'],
  ['\ufeff.git/config', 'reserved'],
  ['.git /config', 'no name on Windows'],
  ['.git./config', 'no name on Windows'],
  ['.git::$INDEX_ALLOCATION/config', 'no name on Windows'],
  ['git~1:x/config', 'no name on Windows'],
  ['.NXS/x', 'reserved'],
  ['.nxs', 'reserved'],
  ['.nxs-root', 'reserved'],
  ['.nxs-sync/staged', 'reserved'],
  ['a\\..\\b', 'backslash'],
  ['a\nb.md', 'control'],
  ['a\u0000b', 'control'],
  ['a\u007f', 'control'],
  ['a\u001b[31m', 'control'],
  ['C:/Windows/x', 'drive'],
  ['c:x', 'drive'],
  ['\ud800.md', 'Unicode'],
  ['e\u0301.md', 'NFC'],
  ['CON', 'no name on Windows'],
  ['a/nul.md', 'no name on Windows'],
  ['com1', 'no name on Windows'],
  ['LPT9.txt', 'no name on Windows'],
  ['com¹.md', 'no name on Windows'],
  ['aux .md', 'no name on Windows'],
  ['conin$', 'no name on Windows'],
  ['prn:x', 'no name on Windows'],
  ['a./b', 'no name on Windows'],
  ['a ', 'no name on Windows'],
  ['x'.repeat(300), '255 bytes'],
  [`a/${'é'.repeat(150)}`, '255 bytes'],
];

describe('an entry of the hub', () => {
  it.each(HOSTILE)('named %j is rejected', (path, why) => {
    const { tree, rejected } = parted([entry(path), entry('good.md')]);
    expect([...tree.keys()]).toEqual(['good.md']);
    expect(rejected).toEqual([{ path, reason: 'rejected', detail: expect.stringContaining(why) as string }]);
  });

  it.each<[string, Partial<RemoteEntry>, string]>([
    ['a symbolic link', { mode: '120000' }, 'symbolic link'],
    ['a submodule', { mode: '160000', size: null }, 'submodule'],
    ['an odd mode', { mode: '100664' }, '100664'],
    ['a name that is not UTF-8', { utf8: false }, 'not UTF-8'],
    ['no size', { size: null }, 'no size'],
  ])('that is, or has, %s is rejected', (_, other, why) => {
    const { tree, rejected } = parted([entry('a.md', other)]);
    expect(tree.size).toBe(0);
    expect(rejected).toMatchObject([{ path: 'a.md', reason: 'rejected' }]);
    expect(rejected[0]?.detail).toContain(why);
  });

  it('that is too large is held as such; the limit itself is not', () => {
    const { tree, rejected } = parted([entry('a', { size: 1001 }), entry('b', { size: 1000 })]);
    expect([...tree.keys()]).toEqual(['b']);
    expect(rejected).toMatchObject([{ path: 'a', reason: 'too_large' }]);
  });

  it('that is there twice is left alone, whichever comes first', () => {
    const other = entry('a', { oid: 'f'.repeat(40) });
    for (const entries of [
      [entry('a'), other],
      [other, entry('a')],
      [other, entry('a'), other],
    ]) {
      const { tree, rejected } = parted(entries);
      expect([tree.size, rejected.map(({ path }) => path)]).toEqual([0, ['a']]);
    }
  });

  it('that nothing covers, or that is the corner of the hub, is passed over without a word', () => {
    const corner = entry('.nxs/merge-log/home.jsonl');
    expect(parted([entry('a'), corner], (path) => path !== 'a')).toEqual({ tree: new Map(), rejected: [] });
    expect(['.nxs/x', '.nxs', '.nxsx/x', 'a/.nxs/x'].map(isOurCorner)).toEqual([true, false, false, false]);
  });

  it('that is fine passes as it is: names that meet are for the plan', () => {
    const names = [
      'a',
      'A',
      'a.md',
      'é.md',
      '😀',
      '..a',
      '.gitignore',
      'x'.repeat(255),
      'console',
      'com',
      '12:30',
    ];
    const { tree, rejected } = parted([
      ...names.map((name) => entry(name)),
      entry('run', { mode: '100755' }),
    ]);
    expect([[...tree.keys()], rejected]).toEqual([[...names, 'run'], []]);
    expect(tree.get('a')).toEqual({ oid: OID, mode: '100644', size: 3 });
    expect(tree.get('run')?.mode).toBe('100755');
  });

  it('of any name never becomes a file that is unsafe', () => {
    const part = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '',
        '.git',
        '.GIT',
        'con',
        'a',
        'e\u0301',
        'a ',
        '.nxs',
        '.nxs-root',
        '\u200c.git',
      ),
      fc.string({ unit: 'binary', maxLength: 6 }),
    );
    const path = fc.array(part, { maxLength: 4 }).map((parts) => parts.join('/'));
    const mode = fc.constantFrom('100644', '100755', '120000', '160000', '040000', '');
    fc.assert(
      fc.property(fc.array(fc.tuple(path, mode)), (list) => {
        const { tree, rejected } = parted(list.map(([name, kind]) => entry(name, { mode: kind })));
        for (const name of tree.keys()) {
          expect(unsafePath(name)).toBeNull();
          expect(unfitName(name)).toBeNull();
          expect(name.normalize('NFC')).toBe(name);
        }
        const seen = [...tree.keys(), ...rejected.map((each) => each.path)];
        const all = new Set(list.map(([name]) => name).filter((name) => !isOurCorner(name)));
        expect([...seen].sort()).toEqual([...all].sort());
      }),
    );
  });
});
