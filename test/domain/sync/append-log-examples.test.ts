// Logs as people and agents write them: before, both edits, after.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeLogs } from '../../../domain/sync/append-log.js';
import { additions, cut, entry, logOf, sha256, TITLE } from './support/logs.js';

function merge(base: string | null, first: string, second: string, forgotten: readonly string[] = []) {
  return mergeLogs({ base, first, second, forgotten: new Set(forgotten) }, sha256);
}

const [A, B, C, D] = [entry(1, 'a'), entry(2, 'b'), entry(3, 'c'), entry(4, 'd')];

describe('where an entry goes', () => {
  it('after what it was written after; of two at one place the earlier date first', () => {
    expect(merge(logOf([A]), logOf([A, C]), logOf([A, B])).text).toBe(logOf([A, B, C]));
    expect(merge(logOf([A, D]), logOf([A, C, D]), logOf([A, B, D])).text).toBe(logOf([A, B, C, D]));
  });

  it('at the top of a log that has its newest entry there', () => {
    expect(merge(logOf([B, A]), logOf([C, B, A]), logOf([D, B, A])).text).toBe(logOf([D, C, B, A]));
  });

  it('of one day by what it says, on every node alike', () => {
    const [x, y] = [entry(5, 'x'), entry(5, 'y')];
    const { text } = merge(logOf([A]), logOf([A, x]), logOf([A, y]));
    expect(text).toBe(merge(logOf([A]), logOf([A, y]), logOf([A, x])).text);
    expect(cut(text)).toHaveLength(3);
  });

  it('each side keeps its own order, even against the dates', () => {
    expect(merge(logOf([A]), logOf([A, D, B]), logOf([A, C])).text).toBe(logOf([A, C, D, B]));
  });
});

describe('an entry that changed', () => {
  const edited = entry(2, 'b', 'Because we know better.');
  const other = entry(2, 'b', 'Because they know better.');

  it('on one side takes its place', () => {
    expect(merge(logOf([A, B, C]), logOf([A, edited, C]), logOf([A, B, C, D])).text).toBe(
      logOf([A, edited, C, D]),
    );
  });

  it('on both sides stays twice, the later one below, and once more merged so it stays', () => {
    const [base, first, second] = [logOf([A, B, C]), logOf([A, edited, C]), logOf([A, other, C])];
    const { text, twice } = merge(base, first, second);
    expect([text, twice]).toEqual([logOf([A, edited, other, C]), 1]);
    expect(merge(base, first, text).text).toBe(text);
    expect(merge(base, second, text).text).toBe(text);
  });

  it('in blanks at line ends or in accents is the same entry', () => {
    const [plain, odd] = [entry(2, 'é'), entry(2, 'e\u0301').replaceAll('\n', '  \n')];
    expect(cut(merge(logOf([A]), logOf([A, plain]), logOf([A, odd])).text)).toHaveLength(2);
  });
});

describe('an entry that is gone', () => {
  it('on one side stays, and is named', () => {
    const { text, kept } = merge(logOf([A, B, C]), logOf([A, C]), logOf([A, B, C, D]));
    expect(text).toBe(logOf([A, B, C, D]));
    expect(kept.map(({ key }) => key)).toEqual(['2026-03-02 b']);
  });

  it('on both sides is gone', () => {
    expect(merge(logOf([A, B, C]), logOf([A, C]), logOf([A, C, D])).text).toBe(logOf([A, C, D]));
  });

  it('on one side is gone when it was forgotten, by the identity that its name was given with', () => {
    const { kept } = merge(logOf([A, B]), logOf([A]), logOf([A, B]));
    const identity = kept[0]?.identity ?? '';
    expect(merge(logOf([A, B]), logOf([A]), logOf([A, B]), [identity]).text).toBe(logOf([A]));
    expect(merge(logOf([A, B]), logOf([A, B, C]), logOf([A, B]), [identity]).text).toBe(logOf([A, B, C]));
  });

  it('with a torn write stays, wherever it was torn; half of the last one counts as an edit of it', () => {
    const whole = logOf([A, B, C]);
    const grown = logOf([A, B, C, D]);
    for (let length = 0; length < whole.length; length++) {
      const torn = whole.slice(0, length);
      const present = torn.includes('2026-03-03 c') ? [A, B] : [A, B, C];
      for (const { text } of [
        merge(whole, torn, grown),
        merge(whole, grown, torn),
        merge(whole, torn, whole),
      ])
        for (const each of present) expect(text, JSON.stringify(torn)).toContain(each.trimEnd());
    }
  });

  it('whatever both sides did to it, none is lost that one of them still has (oracle)', () => {
    const flags = fc.array(fc.boolean(), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(additions, flags, flags, ({ base, hub, local }, left, right) => {
        const keep = (list: readonly string[], flag: readonly boolean[]) =>
          list.filter((each) => !base.includes(each) || flag[base.indexOf(each)]);
        const [first, second] = [keep(hub, left), keep(local, right)];
        const { text, kept } = merge(logOf(base), logOf(first), logOf(second));
        expect([...cut(text)].sort()).toEqual([...new Set([...first, ...second])].sort());
        const single = base.filter((each) => first.includes(each) !== second.includes(each));
        expect(kept).toHaveLength(single.length);
        expect(merge(logOf(base), logOf(first), text).text).toBe(text);
        expect(merge(logOf(base), logOf(second), text).text).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what begins an entry', () => {
  const both = (base: string, more: string, other: string) =>
    merge(base, `${base}${more}`, `${base}${other}`).text;

  it('nothing that stands in fenced code', () => {
    const code = entry(2, 'b', '```md\n## 2026-03-09 no entry\n```\n');
    const { text } = merge(logOf([A]), logOf([A, code]), logOf([A, C]));
    expect(text).toContain(code.trimEnd());
  });

  it('a heading with a date, though the title has one too, and not the parts of entries', () => {
    const title = '# Log (since 2020-01-01)\n\n';
    const [x, y] = [
      '## 2026-03-02 x\n\n### Context\n\n1\n\n### Status\n\n2\n',
      '## 2026-03-03 y\n\n### Context\n\n3\n\n### Status\n\n4\n',
    ];
    expect(merge(title, logOf([x], title), logOf([y], title)).text).toBe(logOf([x, y], title));
  });

  it('a row of a table', () => {
    const base = '| day | what |\n|---|---|\n| 2026-03-01 | a |\n';
    expect(both(base, '| 2026-03-03 | c |\n', '| 2026-03-02 | b |\n')).toBe(
      `${base}| 2026-03-02 | b |\n| 2026-03-03 | c |\n`,
    );
  });

  it('an item of a list, with what is indented below it', () => {
    const text = both('- a\n', '- b\n  - why\n', '- c\n  more\n');
    expect(text).toMatch(/- b\n {2}- why\n/);
    expect(text).toMatch(/- c\n {2}more\n/);
  });

  it('a line, where there is nothing else', () => {
    expect(both('one\n', 'two\n', 'three\n').split('\n').sort()).toEqual(['', 'one', 'three', 'two']);
  });
});

describe('bytes', () => {
  const crlf = (text: string) => text.replaceAll('\n', '\r\n');

  it('with the line ends of Windows keep them, and both forms of an entry are one', () => {
    const { text } = merge(crlf(logOf([A])), crlf(logOf([A, C])), crlf(logOf([A, B])));
    expect(text).toBe(crlf(logOf([A, B, C])));
    expect(cut(merge(logOf([A]), logOf([A, B]), crlf(logOf([A, B]))).text.replaceAll('\r', ''))).toHaveLength(
      2,
    );
  });

  it('keep a byte order mark, and only one', () => {
    const mark = '\ufeff';
    const { text } = merge(mark + logOf([A]), mark + logOf([A, B]), mark + logOf([A, C]));
    expect(text).toBe(mark + logOf([A, B, C]));
  });

  it('without a line end at the end are set apart from what follows', () => {
    const { text } = merge(logOf([A]), logOf([A, B]).trimEnd(), logOf([A, C]).trimEnd());
    expect(text).toBe(logOf([A, B, C]).trimEnd());
  });

  it('of what stands before the first entry: one change stays, of two the later one, and it is said', () => {
    const [x, y] = [TITLE.replace('why', 'how'), TITLE.replace('why', 'when')];
    expect(merge(logOf([A]), logOf([A, B], x), logOf([A, C]))).toMatchObject({
      ...{ text: logOf([A, B, C], x), topLost: false },
    });
    expect(merge(logOf([A]), logOf([A, B], x), logOf([A, C], y))).toMatchObject({
      ...{ text: logOf([A, B, C], y), topLost: true },
    });
  });

  it('are those of the side that only added, when the other one did nothing', () => {
    const odd = `${logOf([A])}\n\n\n## 2026-03-09 odd  \nx\n\n\n`;
    expect(merge(logOf([A]), logOf([A]), odd).text).toBe(odd);
    expect(merge(logOf([A]), odd, logOf([A])).text).toBe(odd);
  });

  it('of any kind never break it, and a side that is the other one is the result', () => {
    const any = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.constantFrom('- a', '## b', '```', '| x |', '|---|', '', '\r', '# 2026-01-01'), {
          maxLength: 8,
        })
        .map((lines) => lines.join('\n')),
    );
    fc.assert(
      fc.property(fc.option(any), any, any, (base, first, second) => {
        expect(typeof merge(base, first, second).text).toBe('string');
        expect(merge(base, first, first).text).toBe(first);
      }),
      { numRuns: 300 },
    );
  });
});
