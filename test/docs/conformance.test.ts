import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/conformance.md'), 'utf8');

/** Sections of the source document that make statements, and the decisions. */
const SECTIONS = [
  '1. Multi-Provider Failover Architecture',
  '2. Automated Backup Verification',
  '3. Cross-Instance State Synchronization',
  '4. Self-Healing Mechanisms',
  '5. Resilience Metrics',
  'Summary of R012 Findings',
  'Decisions of the design',
] as const;

interface Row {
  readonly section: string;
  readonly id: string;
  readonly code: string;
  readonly test: string;
  readonly part: string;
}

const rows: readonly Row[] = page.split(/^## /m).flatMap((text) => {
  const section = text.slice(0, text.indexOf('\n'));
  const cells = [...text.matchAll(/^\| ([A-Z]\d+) \|.*$/gm)].map(([line]) =>
    line.split('|').map((cell) => cell.trim()),
  );
  return cells.map(([, id, , code, test, , part]) => ({
    section,
    id: id!,
    code: code!,
    test: test!,
    part: part!,
  }));
});
const named = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, path]) => path!);
const finished = rows.filter(({ code }) => !/^part \d$/.test(code));

describe('docs/conformance.md', () => {
  it.each(SECTIONS)('has rows for "%s"', (section) => {
    expect(rows.filter((row) => row.section === section).length).toBeGreaterThanOrEqual(5);
  });

  it('gives each row an id of its own and one of the seven parts', () => {
    expect(rows.map(({ id }) => id)).toEqual([...new Set(rows.map(({ id }) => id))]);
    for (const { part } of rows) expect(part).toMatch(/^[1-7]$/);
  });

  it('names code and test in every row, or the part that will', () => {
    for (const row of rows) {
      if (!finished.includes(row))
        expect([row.code, row.test]).toEqual([`part ${row.part}`, `part ${row.part}`]);
      else
        expect([row.id, named(row.code).length > 0, named(row.test).length > 0]).toEqual([
          row.id,
          true,
          true,
        ]);
    }
  });

  it.each(finished.map((row) => [row.id, row] as const))('%s names only files that exist', (_id, row) => {
    const paths = [...named(row.code), ...named(row.test)];
    expect(paths.filter((path) => !exists(path))).toEqual([]);
  });

  it.each(finished.map((row) => [row.id, row] as const))('%s is held by tests', (_id, row) => {
    for (const path of named(row.test)) expect(path).toMatch(/^test\/(.+\.test\.ts|.+\/)$/);
  });
});

// A folder counts when a test lies in it.
function exists(path: string): boolean {
  const full = join(ROOT, path);
  const stat = statSync(full, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  if (!stat.isDirectory()) return !path.endsWith('/');
  return readdirSync(full, { recursive: true, encoding: 'utf8' }).some((name) => name.endsWith('.test.ts'));
}
