import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BOX_PLACES, encodeBoxes, parseBoxes, type BoxedFile } from '../../../domain/backup/boxes.js';
import { comparePaths } from '../../../domain/paths.js';

const oid = fc.stringMatching(/^[0-9a-f]{40}$/);
const kind = fc.constantFrom('parts' as const, 'age' as const);

function filesOf(of: 'parts' | 'age'): fc.Arbitrary<BoxedFile[]> {
  const box = fc.record({
    path: fc.string().map((name) => BOX_PLACES[of].boxes + name),
    oid,
    size: fc.nat(),
  });
  const file = fc
    .record({
      path: fc.string({ minLength: 1, unit: 'binary' }),
      oid,
      size: fc.nat(),
      mode: fc.constantFrom('100644' as const, '100755' as const),
      boxes: fc.array(box, { minLength: 1, maxLength: 4 }),
    })
    .map((each) =>
      of === 'age' ? each : { ...each, size: each.boxes.reduce((sum, { size }) => sum + size, 0) },
    );
  return fc.uniqueArray(file, { selector: ({ path }) => path, maxLength: 8 });
}

const index = kind.chain((of) => fc.record({ kind: fc.constant(of), made: fc.string(), files: filesOf(of) }));

describe('the index of boxes', () => {
  it('says after a round trip what it said before, in the order of the paths', () => {
    fc.assert(
      fc.property(index, (written) => {
        const files = [...written.files].sort((a, b) => comparePaths(a.path, b.path));
        expect(parseBoxes(encodeBoxes(written), written.kind)).toEqual({ ...written, files });
      }),
    );
  });

  it('is the same text whatever the order of the files', () => {
    fc.assert(
      fc.property(index, (written) => {
        expect(encodeBoxes({ ...written, files: [...written.files].reverse() })).toBe(encodeBoxes(written));
      }),
    );
  });

  it('is refused with a sentence wherever it is cut', () => {
    fc.assert(
      fc.property(index, fc.nat(), (written, at) => {
        const text = encodeBoxes(written);
        expect(typeof parseBoxes(text.slice(0, at % text.length), written.kind)).toBe('string');
      }),
    );
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), kind, (text, of) => {
        expect(typeof parseBoxes(text, of)).toBe('string');
      }),
    );
  });

  it('refuses a box outside of its place, parts that do not add up, and another kind', () => {
    const box = { path: '.nxs/parts/x/0001', oid: 'a'.repeat(40), size: 3 };
    const file = { path: 'a', oid: 'b'.repeat(40), size: 3, mode: '100644', boxes: [box] } as const;
    const write = (change: Partial<BoxedFile>): string =>
      encodeBoxes({ kind: 'parts', made: '', files: [{ ...file, ...change }] });
    expect(typeof parseBoxes(write({}), 'parts')).toBe('object');
    expect(parseBoxes(write({ boxes: [{ ...box, path: 'notes/today.md' }] }), 'parts')).toMatch(/outside/);
    expect(parseBoxes(write({ size: 4 }), 'parts')).toMatch(/add up/);
    expect(parseBoxes(write({}), 'age')).toMatch(/an index of parts, not of age/);
  });
});
