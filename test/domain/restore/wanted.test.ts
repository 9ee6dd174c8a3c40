import { describe, expect, it } from 'vitest';
import { NxsError } from '../../../domain/errors.js';
import { assertWhole, countOutcomes } from '../../../domain/restore/result.js';
import type { FileResult } from '../../../domain/restore/result.js';
import { selectWanted } from '../../../domain/restore/wanted.js';

const files = ['MEMORY.md', 'memory/a.md', 'memory/.draft/b.md', 'memory2/c.md', 'odd[1].md', '!x'].map(
  (path) => ({ path }),
);

function chosen(...wanted: string[]): string[] {
  return selectWanted(files, wanted).chosen.map(({ path }) => path);
}

describe('wanted names', () => {
  it('none means all', () => {
    expect(chosen()).toHaveLength(files.length);
    expect(chosen('.')).toHaveLength(files.length);
  });

  it('are exact paths, directories with or without a slash, or globs that see hidden files', () => {
    expect(chosen('MEMORY.md')).toEqual(['MEMORY.md']);
    expect(chosen('memory')).toEqual(['memory/a.md', 'memory/.draft/b.md']);
    expect(chosen('./memory/')).toEqual(['memory/a.md', 'memory/.draft/b.md']);
    expect(chosen('memory/**')).toEqual(['memory/a.md', 'memory/.draft/b.md']);
    expect(chosen('*.md')).toEqual(['MEMORY.md', 'odd[1].md']);
  });

  it('that exist as they stand are never globs', () => {
    expect(chosen('odd[1].md')).toEqual(['odd[1].md']);
    expect(chosen('!x')).toEqual(['!x']);
  });

  it('that match nothing are named', () => {
    expect(selectWanted(files, ['memory', 'MEMORI.md']).unmatched).toEqual(['MEMORI.md']);
  });
});

describe('a report', () => {
  const good: FileResult = {
    path: 'a',
    outcome: 'restored',
    action: 'create',
    reason: null,
    sha256: '',
    size: 1,
  };
  const bad: FileResult = {
    ...good,
    path: 'b',
    outcome: 'unverified',
    action: 'none',
    reason: 'wrong bytes',
  };
  const about = { id: 'r', target: '/t', dryRun: false, undoes: null, bytes: 1, undo: 'r' };

  it('with a file that is not as asked for is an error that names it', () => {
    const files = [good, bad];
    const call = () => assertWhole({ ...about, files, counts: countOutcomes(files) });
    expect(call).toThrow(NxsError);
    expect(call).toThrow('1 of 2 files were not restored to /t: b (wrong bytes).');
  });

  it('with kept files is whole: an undo spares them on purpose', () => {
    const files: FileResult[] = [good, { ...good, outcome: 'kept' }];
    expect(() => assertWhole({ ...about, files, counts: countOutcomes(files) })).not.toThrow();
  });
});
