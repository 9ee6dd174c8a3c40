import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256Text } from '../../adapters/journal/files.js';
import { chain, GENESIS, lineOf } from '../../domain/journal-chain.js';
import { verifyChain } from '../../domain/journal-verify.js';
import type { JournalLine, Verification } from '../../domain/journal-verify.js';

interface Made {
  readonly files: readonly { readonly name: string; readonly lines: readonly string[] }[];
  readonly head: string;
}

/** A journal of `days` files with the given numbers of lines. */
function make(days: readonly number[]): Made {
  let prev = GENESIS;
  let number = 0;
  const files = days.map((lines, index) => {
    const day = `2026-11-${String(index + 1).padStart(2, '0')}`;
    const made = Array.from({ length: lines }, () => {
      number += 1;
      const data = { pid: number, reason: 'naïve ☂' };
      const event = chain(
        {
          v: 1,
          id: `e${number}`,
          at: `${day}T00:00:00.000Z`,
          node: 'n',
          type: 'control-plane.stopped',
          data,
        },
        prev,
        sha256Text,
      );
      prev = event.hash;
      return lineOf(event);
    });
    return { name: `${day}.ndjson`, lines: made };
  });
  return { files, head: prev };
}

function check(made: Made, change: (lines: JournalLine[]) => JournalLine[] = (lines) => lines): Verification {
  const lines = made.files.flatMap(({ name, lines: texts }) =>
    texts.map((text, index) => ({ file: name, line: index + 1, text, terminated: true })),
  );
  return verifyChain(change(lines), { hash: sha256Text, head: made.head });
}

function kinds(result: Verification): string[] {
  return result.breaks.map((found) => found.kind);
}

const shape = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });

describe('an untouched journal', () => {
  it('is whole, across days', () => {
    fc.assert(
      fc.property(shape, (days) => {
        const result = check(make(days));
        expect(result).toMatchObject({ ok: true, breaks: [], tornTail: null, afterHead: 0 });
        expect(result.events).toBe(days.reduce((sum, lines) => sum + lines, 0));
      }),
    );
  });

  it('is whole when its head record lags behind, as after a crash', () => {
    const made = make([3]);
    const early = make([2]);
    expect(check({ ...made, head: early.head })).toMatchObject({ ok: true, afterHead: 1 });
    expect(check({ ...made, head: GENESIS })).toMatchObject({ ok: true, afterHead: 3 });
  });

  it('tolerates and names an unfinished last line', () => {
    const made = make([2]);
    const torn = { file: '2026-11-01.ndjson', line: 3, text: '{"at":"20', terminated: false };
    expect(check(made, (lines) => [...lines, torn])).toMatchObject({
      ok: true,
      tornTail: { file: '2026-11-01.ndjson', line: 3 },
    });
  });
});

describe('any change is detected', () => {
  it('a single edited byte', () => {
    fc.assert(
      fc.property(shape, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (days, pick, place, xor) => {
        const made = make(days);
        const result = check(made, (lines) => {
          const index = pick % lines.length;
          const line = lines[index] as JournalLine;
          const bytes = Buffer.from(line.text ?? '');
          const at = place % bytes.length;
          bytes[at] = (bytes[at] ?? 0) ^ xor;
          return lines.toSpliced(index, 1, ...cut(line, bytes));
        });
        expect(result.ok).toBe(false);
        expect(kinds(result)).toContain('edited');
      }),
      { numRuns: 300 },
    );
  });

  it('a removed line, wherever it stood, and nothing but that one place is named', () => {
    fc.assert(
      fc.property(shape, fc.nat(), (days, pick) => {
        const result = check(make(days), (lines) => lines.toSpliced(pick % lines.length, 1));
        expect(result.breaks).toHaveLength(1);
        expect(['deleted', 'missing_days', 'cut_end']).toContain(result.breaks[0]?.kind);
      }),
    );
  });

  it('two swapped lines', () => {
    fc.assert(
      fc.property(shape, fc.nat(), fc.nat(), (days, left, right) => {
        const total = days.reduce((sum, lines) => sum + lines, 0);
        fc.pre(left % total !== right % total);
        const result = check(make(days), (lines) => {
          const [a, b] = [left % total, right % total];
          const [first, second] = [lines[a] as JournalLine, lines[b] as JournalLine];
          return lines.with(a, { ...first, text: second.text }).with(b, { ...second, text: first.text });
        });
        expect(kinds(result)).toContain('reordered');
      }),
    );
  });

  it('an inserted line: a copy, garbage, or a forged one that hashes right', () => {
    fc.assert(
      fc.property(
        shape,
        fc.nat(),
        fc.nat(),
        fc.constantFrom('copy', 'garbage', 'forged'),
        (days, from, to, how) => {
          const made = make(days);
          const result = check(made, (lines) => {
            const source = lines[from % lines.length] as JournalLine;
            // A forged line at the very end is an append like any other: no key tells it apart.
            const place = how === 'forged' ? to % lines.length : to % (lines.length + 1);
            return lines.toSpliced(place, 0, { ...source, text: inserted(how, source, lines[place - 1]) });
          });
          expect(result.ok).toBe(false);
        },
      ),
    );
  });
});

describe('each kind of damage has its name', () => {
  it('a whole day that is gone', () => {
    const result = check(make([2, 2, 2]), (lines) =>
      lines.filter(({ file }) => file !== '2026-11-02.ndjson'),
    );
    expect(result.breaks).toMatchObject([{ kind: 'missing_days', file: '2026-11-03.ndjson', line: 1 }]);
  });

  it('the first days, the last days, all days', () => {
    expect(kinds(check(make([2, 2]), (lines) => lines.slice(2)))).toEqual(['missing_days']);
    expect(kinds(check(make([2, 2]), (lines) => lines.slice(0, 2)))).toEqual(['cut_end']);
    expect(kinds(check(make([2, 2]), () => []))).toEqual(['cut_end']);
  });

  it('an event that stands twice', () => {
    const result = check(make([3]), (lines) => [...lines, lines[0] as JournalLine]);
    expect(kinds(result)).toEqual(['duplicate']);
  });

  it('an earlier file that ends inside a line', () => {
    const result = check(make([2, 2]), (lines) =>
      lines.with(1, { ...(lines[1] as JournalLine), text: '{"at', terminated: false }),
    );
    expect(result.breaks).toMatchObject([{ kind: 'unterminated', file: '2026-11-01.ndjson', line: 2 }]);
  });

  it('bytes that are no UTF-8', () => {
    const result = check(make([2]), (lines) => lines.with(0, { ...(lines[0] as JournalLine), text: null }));
    expect(result.breaks).toMatchObject([{ kind: 'edited', line: 1 }]);
  });

  it('a head record that is gone', () => {
    const made = make([1]);
    const lines = [{ file: 'f', line: 1, text: made.files[0]?.lines[0] ?? '', terminated: true }];
    const result = verifyChain(lines, { hash: sha256Text, head: null, headFile: 'head.json' });
    expect(result.breaks).toMatchObject([{ kind: 'head', file: 'head.json' }]);
  });
});

/** The lines that edited bytes make: an edit can put a newline in, or break the encoding. */
function cut(line: JournalLine, bytes: Buffer): JournalLine[] {
  const texts = bytes.toString('latin1').split('\n');
  return texts.map((text) => ({ ...line, text: utf8(Buffer.from(text, 'latin1')) }));
}

function utf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function inserted(how: string, source: JournalLine, before: JournalLine | undefined): string {
  if (how === 'copy') return source.text ?? '';
  if (how === 'garbage') return '{}';
  const prev =
    before === undefined || before.text === null
      ? GENESIS
      : (JSON.parse(before.text) as { hash: string }).hash;
  const event = { v: 1, id: 'forged', at: '2026-11-01T00:00:00.000Z', node: 'n', type: 'a.b', data: {} };
  return lineOf(chain(event, prev, sha256Text));
}
