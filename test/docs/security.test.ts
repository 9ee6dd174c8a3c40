// Each line of the threat model names what holds it, and each limit stands in the code as the page says it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const page = read('SECURITY.md');
const testing = read('docs/testing.md');

/** What stands in quotes behind `it(`, `test(`, `describe(` or the table of an `each`; names in such a table are titles, too. */
function titlesIn(text: string): readonly string[] {
  return [...text.matchAll(/(?:\b(?:it|test|describe)\(|\)\(|^ {4,6}|\n\s+)'((?:[^'\\\n]|\\.)+)'/g)].map(
    ([, title = '']) => title,
  );
}

/** Cells of the rows of each table under a heading. */
function rowsOf(text: string): readonly (readonly string[])[] {
  const lines = text.split('\n').filter((line) => line.startsWith('| '));
  return lines.map((line) => line.slice(2, -2).split(' | '));
}

const [model = '', limits = ''] = page
  .slice(page.indexOf('## Threat model'))
  .split('## Limits of the listener');
const threats = rowsOf(model).filter(([, , third]) => third !== 'test' && third !== '---');
const bounds = rowsOf(limits).slice(1);

describe('SECURITY.md', () => {
  it('has rows for each kind of attacker', () => {
    const parts = model.split(/^### /m).slice(1);
    expect(parts.length).toBeGreaterThanOrEqual(8);
    for (const part of parts) expect(rowsOf(part).length).toBeGreaterThan(2);
  });

  it.each(threats.map((row) => ({ row, threat: row[0] })))('$threat: its tests are there', ({ row }) => {
    const named = [...(row[2] ?? '').matchAll(/`(test\/[^`]+)` "([^"]+)"/g)];
    expect(named.length).toBeGreaterThan(0);
    for (const [, file = '', title = ''] of named) {
      expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
      // A title, or most of one: not a word that stands anywhere.
      expect(title.length).toBeGreaterThan(10);
      expect(titlesIn(read(file)).some((each) => each.includes(title))).toBe(true);
    }
  });

  it.each(bounds.map((row) => ({ row, where: `${row[0] ?? ''}: ${row[1] ?? ''}` })))('$where', ({ row }) => {
    const [, file = '', line = ''] = /`([^`]+)` `([^`]+)`$/.exec(row[3] ?? '') ?? [];
    expect(read(file)).toContain(line);
  });
});

describe('the fuzzed parsers of docs/testing.md', () => {
  const rows = rowsOf(testing.split('### Parsers of outside data')[1]?.split('\n## ')[0] ?? '').slice(1);

  it('are many', () => expect(rows.length).toBeGreaterThan(20));

  it.each(rows.map((row) => ({ row, what: row[0] })))('$what: its test makes up its data', ({ row }) => {
    const files = [...(row[1] ?? '').matchAll(/`(test\/[^`]+)`/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(read(file)).toContain("from 'fast-check'");
  });
});
