import { describe, expect, it } from 'vitest';
import { checkTargets, compileSelection, excludeMatcher, literalOf } from '../../../domain/backup/select.js';

function rule(local: string, remote: string): { local: string; remote: string; optional: boolean } {
  return { local, remote, optional: false };
}

describe('compileSelection', () => {
  const select = compileSelection(
    [
      rule('MEMORY.md', 'MEMORY.md'),
      rule('memory/**', 'memory/'),
      rule('config', 'cfg'),
      rule('*.txt', 'texts/'),
    ],
    ['*.tmp', '*.log', 'credentials/**', 'cache'],
  );
  const target = (path: string): unknown => {
    const selection = select(path);
    return selection.kind === 'target' ? selection.path : selection.kind;
  };

  it.each([
    ['MEMORY.md', 'MEMORY.md'],
    ['memory/a.md', 'memory/a.md'],
    ['memory/deep/b.md', 'memory/deep/b.md'],
    ['memory/.hidden', 'memory/.hidden'],
    ['config/x.yaml', 'cfg/x.yaml'],
    ['note.txt', 'texts/note.txt'],
    ['sub/note.txt', 'uncovered'],
    ['memory/a.tmp', 'excluded'],
    ['memory/deep/a.log', 'excluded'],
    ['credentials/key', 'excluded'],
    ['memory/cache/x', 'excluded'],
    ['memory/.git/config', 'excluded'],
    ['.nxs-root', 'excluded'],
    ['other.bin', 'uncovered'],
  ])('%s -> %s', (path, expected) => {
    expect(target(path)).toBe(expected);
  });

  it('lets the first rule that matches decide', () => {
    const first = compileSelection([rule('a/*.md', 'first/'), rule('a/**', 'second/')], []);
    expect(first('a/x.md')).toMatchObject({ path: 'first/x.md', rule: 0 });
    expect(first('a/x.bin')).toMatchObject({ path: 'second/x.bin', rule: 1 });
  });

  it('puts a single file under a directory target', () => {
    expect(compileSelection([rule('a/b.md', 'docs/')], [])('a/b.md')).toMatchObject({ path: 'docs/b.md' });
  });
});

describe('excludeMatcher', () => {
  it('anchors patterns with a slash at the data directory', () => {
    const out = excludeMatcher(['credentials/**', 'a/b']);
    expect(out('credentials/x/y')).toBe(true);
    expect(out('sub/credentials/x')).toBe(false);
    expect(out('a/b/c')).toBe(true);
  });
});

describe('literalOf', () => {
  it('knows a file name from a glob', () => {
    expect(literalOf(rule('MEMORY.md', 'x'))).toBe('MEMORY.md');
    expect(literalOf(rule('config/', 'x'))).toBe('config');
    expect(literalOf(rule('memory/*.md', 'x'))).toBeNull();
  });
});

describe('checkTargets', () => {
  it('refuses both files that claim one target', () => {
    const { good, refused } = checkTargets([
      { local: 'a', path: 'x' },
      { local: 'b', path: 'x' },
      { local: 'c', path: 'y' },
    ]);
    expect(good).toEqual([{ local: 'c', path: 'y' }]);
    expect(refused.map((item) => item.local)).toEqual(['a', 'b']);
    expect(refused[0]?.reason).toContain('"b"');
  });

  it('refuses a file where another target needs a directory', () => {
    const { good, refused } = checkTargets([
      { local: 'a', path: 'x' },
      { local: 'b', path: 'x/y' },
    ]);
    expect(good.map((item) => item.local)).toEqual(['b']);
    expect(refused[0]?.reason).toContain('claimed by "b"');
  });

  it('refuses unsafe targets by their reason and keeps both Unicode forms of a name apart', () => {
    const { good, refused } = checkTargets([
      { local: 'evil', path: '../evil' },
      { local: 'nfc', path: 'é' },
      { local: 'nfd', path: 'e\u0301' },
    ]);
    expect(refused.map((item) => item.local)).toEqual(['evil']);
    expect(good).toHaveLength(2);
  });
});
