// What programs print, and what lies in /proc: whatever it is, it is read to its end and never throws.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filesIn } from '../../adapters/git/list.js';
import { parseTree } from '../../adapters/git/trees.js';
import { unitReading } from '../../adapters/host/probe-system.js';
import { changesIn, entriesIn } from '../../adapters/hub/history.js';
import { servingListener } from '../../adapters/temporal/engine.js';
import { NxsError } from '../../domain/errors.js';

const RUNS = { numRuns: 200 };
const oid = fc.stringMatching(/^[0-9a-f]{40}$/);
/** Any name that git can hold, as the text that a file system gives. */
const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .filter((text) => !text.includes('\0') && !/\p{Surrogate}/u.test(text));
const entry = fc.record({
  mode: fc.constantFrom('100644', '100755', '120000', '160000'),
  oid,
  size: fc.option(fc.nat(), { nil: null }),
  path: name,
});

type Entry = typeof entry extends fc.Arbitrary<infer T> ? T : never;

function printed(entries: readonly Entry[]): string {
  const rows = entries.map(({ mode, oid: id, size, path }) => {
    const kind = mode === '160000' ? 'commit' : 'blob';
    return `${mode} ${kind} ${id} ${String(size ?? '-').padStart(7)}\t${path}\0`;
  });
  return rows.join('');
}

describe('a listing of git', () => {
  test('comes out as it went in, whatever the names are', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 8 }), (entries) => {
        const text = printed(entries);
        expect(filesIn(text)).toEqual(entries);
        const read = entriesIn(Buffer.from(text).toString('latin1'));
        expect(read.map(({ mode, oid: id, size, path }) => ({ mode, oid: id, size, path }))).toEqual(entries);
      }),
      RUNS,
    );
  });

  test('that is none, or cut off, is read as far as it makes sense', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 3 }), fc.string(), fc.nat(200), (entries, noise, cut) => {
        const text = (printed(entries) + noise).slice(0, cut);
        expect(filesIn(text).length).toBeLessThanOrEqual(entries.length + 1);
        expect(Array.isArray(entriesIn(text))).toBe(true);
        expect(Array.isArray(changesIn(text))).toBe(true);
      }),
      RUNS,
    );
  });
});

test('a tree object is read, or one sentence says that it is broken', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        expect(parseTree(Buffer.from(bytes))).toBeInstanceOf(Map);
      } catch (error) {
        expect(error).toBeInstanceOf(NxsError);
      }
    }),
    RUNS,
  );
});

test('what systemctl says of a unit is one of three readings', () => {
  const line = fc.tuple(
    fc.constantFrom('LoadState', 'ActiveState', 'SubState', 'InvocationID', 'X'),
    fc.string(),
  );
  const output = fc.oneof(
    fc.string(),
    fc.array(line).map((lines) => lines.map(([key, value]) => `${key}=${value}`).join('\n')),
  );
  fc.assert(
    fc.property(output, fc.option(fc.nat(255), { nil: null }), (text, code) => {
      const { state, detail } = unitReading('x.service', { code, output: text });
      expect(['good', 'bad', 'unknown']).toContain(state);
      if (state === 'good') expect(code).toBe(0);
      expect(detail).not.toContain('\0');
    }),
    RUNS,
  );
});

test('the banner of the engine is heard in any pieces, and nothing else is taken for it', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.nat(80), { maxLength: 4 }), fc.boolean(), (noise, cuts, says) => {
      let heard = 0;
      const hear = servingListener(7233, () => (heard += 1));
      const banner = says
        ? 'Temporal Server:      localhost:7233\n'
        : 'Temporal Server:      localhost:72330\n';
      const text = `${noise.replaceAll('Server', '')}\n${banner}`;
      const at = [0, ...[...cuts].sort((a, b) => a - b), text.length];
      for (const [index, from] of at.entries()) hear(text.slice(from, at[index + 1] ?? text.length));
      expect(heard).toBe(says ? 1 : 0);
    }),
    RUNS,
  );
});
