import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countChanges, describeChanges, differences, type Known } from '../../../domain/backup/difference.js';

const side = fc.uniqueArray(
  fc.record({
    local: fc.constantFrom('a', 'b', 'c/d', 'c/e', 'ü'),
    sha256: fc.constantFrom('1', '2'),
    size: fc.nat(9),
    mode: fc.constantFrom('100644' as const, '100755' as const),
  }),
  { selector: ({ local }) => local },
);

/** What is left when the changes are made to `before`, with hashes and modes from `after`. */
function applied(before: readonly Known[], after: readonly Known[]): readonly Known[] {
  const files = new Map(before.map((file) => [file.local, file]));
  for (const { path, change } of differences(before, after)) {
    const now = after.find(({ local }) => local === path);
    if (change === 'removed') files.delete(path);
    else if (now !== undefined) files.set(path, now);
  }
  return [...files.values()];
}

const told = (files: readonly Known[]) =>
  files.map(({ local, sha256, mode }) => `${local} ${sha256} ${mode}`).sort();

describe('differences', () => {
  it('lead from one side to the other, and back they are the mirror image', () => {
    fc.assert(
      fc.property(side, side, (before, after) => {
        expect(told(applied(before, after))).toEqual(told(after));
        const [there, back] = [differences(before, after), differences(after, before)].map(countChanges);
        expect(back).toEqual({ added: there?.removed, changed: there?.changed, removed: there?.added });
      }),
    );
  });

  it('are none between a side and itself', () => {
    fc.assert(
      fc.property(side, (files) => {
        expect(differences(files, [...files].reverse())).toEqual([]);
      }),
    );
  });

  it('read as a sentence', () => {
    expect(describeChanges({ added: 2, changed: 0, removed: 1 })).toBe('2 files added, 1 removed');
    expect(describeChanges({ added: 0, changed: 1, removed: 0 })).toBe('1 file changed');
    expect(describeChanges({ added: 0, changed: 0, removed: 0 })).toBe('no file changed');
  });
});
