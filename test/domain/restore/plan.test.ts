import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePaths } from '../../../domain/paths.js';
import { permissionsFor, planRestore } from '../../../domain/restore/plan.js';
import type { Content, Operation, Present } from '../../../domain/restore/plan.js';

const NEW = 'b'.repeat(64);
const OLD = 'a'.repeat(64);
const content: Content = { oid: '1', sha256: NEW, size: 3, executable: false, permissions: null };
const absent: Present = { kind: 'absent' };

function file(sha256: string, permissions = 0o644): Present {
  return { kind: 'file', sha256, size: 3, permissions };
}

function planOne(operation: Operation, present: Present) {
  return planRestore([operation], () => present).operations[0]?.decision;
}

describe('the plan', () => {
  it('creates what is absent, replaces what differs, leaves what is the same', () => {
    expect(planOne({ path: 'a', want: content }, absent)).toEqual({ action: 'create' });
    expect(planOne({ path: 'a', want: content }, file(OLD))).toEqual({ action: 'replace' });
    expect(planOne({ path: 'a', want: content }, file(NEW))).toEqual({ action: 'none', outcome: 'same' });
  });

  it('counts a lost executable bit as a difference, and no other permission', () => {
    expect(planOne({ path: 'a', want: { ...content, executable: true } }, file(NEW))).toEqual({
      action: 'replace',
    });
    expect(planOne({ path: 'a', want: content }, file(NEW, 0o600))).toMatchObject({ outcome: 'same' });
    expect(planOne({ path: 'a', want: { ...content, permissions: 0o600 } }, file(NEW))).toEqual({
      action: 'replace',
    });
  });

  it('refuses what is in the way', () => {
    const decision = planOne(
      { path: 'a', want: content },
      { kind: 'blocked', reason: 'a link stands there' },
    );
    expect(decision).toEqual({ action: 'none', outcome: 'refused', reason: 'a link stands there' });
  });

  it('refuses every unsafe path without looking at it', () => {
    const unsafe = [
      '../x',
      '/etc/passwd',
      'a/../b',
      '.git/config',
      'a/.GIT/hooks/x',
      'a\nb',
      '',
      'a//b',
      '.nxs-restore-1/x',
    ];
    for (const path of unsafe) {
      const plan = planRestore([{ path, want: content }], () => {
        throw new Error('looked');
      });
      expect(plan.counts.refused, path).toBe(1);
    }
  });

  it('refuses a path that is given twice and a file below a file', () => {
    const plan = planRestore(
      ['a/b', 'a', 'c', 'c'].map((path) => ({ path, want: content })),
      () => absent,
    );
    expect(plan.counts).toMatchObject({ create: 2, refused: 2 });
    expect(
      plan.operations
        .filter(({ decision }) => decision.action === 'none')
        .map(({ operation }) => operation.path),
    ).toEqual(['a/b', 'c']);
  });

  it('spares what was changed since, and what was removed since', () => {
    expect(planOne({ path: 'a', want: content, onlyIf: OLD }, file('c'.repeat(64)))).toMatchObject({
      outcome: 'kept',
    });
    expect(planOne({ path: 'a', want: null, onlyIf: OLD }, file('c'.repeat(64)))).toMatchObject({
      outcome: 'kept',
    });
    expect(planOne({ path: 'a', want: content, onlyIf: OLD }, absent)).toMatchObject({ outcome: 'kept' });
    expect(planOne({ path: 'a', want: null, onlyIf: OLD }, file(OLD))).toEqual({ action: 'remove' });
    expect(planOne({ path: 'a', want: null, onlyIf: OLD }, absent)).toMatchObject({ outcome: 'same' });
  });

  it('decides once for every operation, in byte order, and the counts add up', () => {
    const present = fc.constantFrom<Present>(absent, file(OLD), file(NEW), { kind: 'blocked', reason: 'x' });
    const path = fc.string({ unit: fc.constantFrom('a', 'b', '.', '/', 'é', '😀', ' ', '-'), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(path, { maxLength: 8 }), present, (paths, there) => {
        const plan = planRestore(
          paths.map((one) => ({ path: one, want: content })),
          () => there,
        );
        const order = plan.operations.map(({ operation }) => operation.path);
        expect(order).toEqual([...paths].sort(comparePaths));
        expect(Object.values(plan.counts).reduce((sum, count) => sum + count, 0)).toBe(paths.length);
        for (const { operation, decision } of plan.operations) {
          if (decision.action !== 'none') expect(operation.path).not.toMatch(/(^|\/)\.{0,2}(\/|$)/);
        }
      }),
    );
  });
});

describe('permissions', () => {
  it('are the usual ones less the umask, and closed where the old file was', () => {
    expect(permissionsFor(content, 0o022, null)).toBe(0o644);
    expect(permissionsFor({ ...content, executable: true }, 0o027, 0o644)).toBe(0o750);
    expect(permissionsFor(content, 0o022, 0o600)).toBe(0o600);
    expect(permissionsFor({ ...content, permissions: 0o640 }, 0o077, 0o600)).toBe(0o640);
  });
});
