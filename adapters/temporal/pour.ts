// The server makes its tables in a new file and never changes those of an old one: a newer one on an old file fails with "no such
// table". So the newer server makes an empty file, and the rows of the old one are poured into its tables.
import sqlite, { type Database } from 'node-sqlite3-wasm';

export type Poured =
  /** Both files have the same tables: there is nothing to pour. */
  | { readonly kind: 'same' }
  | { readonly kind: 'poured'; readonly tables: number; readonly rows: number }
  /** The new tables have no place for something. One sentence. */
  | { readonly kind: 'refused'; readonly reason: string };

/** What the process says that pours. */
export type PourAnswer = Poured | { readonly kind: 'failed'; readonly reason: string };

interface Column {
  readonly name: string;
  /** SQLite works it out from others. */
  readonly generated: boolean;
  /** Not null, and no default. */
  readonly needed: boolean;
}

interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
}

/**
 * Empties the tables of `fresh` and pours the rows of `old` into them, in one transaction. Columns that are worked out and
 * full-text tables fill themselves. Both files are opened for writing, since an unfinished transaction of a killed server is
 * rolled back first. Throws what SQLite says about a file that it cannot read.
 */
export function pour(old: string, fresh: string): Poured {
  const db = new sqlite.Database(fresh, { fileMustExist: true });
  try {
    db.run('ATTACH DATABASE ? AS old', [old]);
    if (shapeOf(db, 'old') === shapeOf(db, 'main')) return { kind: 'same' };
    const targets = new Map(tablesOf(db, 'main').map((table) => [table.name, table]));
    const sources = tablesOf(db, 'old').filter(({ name }) => countOf(db, 'old', name) > 0);
    for (const source of sources) {
      const reason = misfit(source, targets.get(source.name));
      if (reason !== null) return { kind: 'refused', reason };
    }
    let rows = 0;
    db.exec('BEGIN');
    for (const { name } of targets.values()) db.exec(`DELETE FROM main.${quoted(name)}`);
    for (const { name, columns } of sources) {
      const own = new Set(
        targets
          .get(name)
          ?.columns.filter(({ generated }) => !generated)
          .map(nameOf),
      );
      const shared = columns.map(nameOf).filter((column) => own.has(column));
      const list = shared.map(quoted).join(', ');
      db.exec(`INSERT INTO main.${quoted(name)} (${list}) SELECT ${list} FROM old.${quoted(name)}`);
      const [before, after] = [countOf(db, 'old', name), countOf(db, 'main', name)];
      if (before !== after) throw new Error(`${name}: ${String(before)} rows became ${String(after)}`);
      rows += after;
    }
    db.exec('COMMIT');
    const check = db.all('PRAGMA main.integrity_check').map((row) => textOf(Object.values(row)[0]));
    if (check.join() !== 'ok') throw new Error(`the new file is not sound: ${check[0] ?? ''}`);
    return { kind: 'poured', tables: sources.length, rows };
  } finally {
    db.close();
  }
}

/** Why the rows of a table have no place in the new one; null when they have. */
function misfit({ name, columns }: Table, target: Table | undefined): string | null {
  if (target === undefined) return `the table ${name} is not there any more`;
  const known = new Map(target.columns.map((column) => [column.name, column]));
  const lost = columns.find((column) => !column.generated && !known.has(column.name));
  if (lost !== undefined) return `${name} has no column ${lost.name} any more`;
  const given = new Set(columns.map(nameOf));
  const wanted = target.columns.find((column) => column.needed && !given.has(column.name));
  return wanted === undefined ? null : `${name} needs a ${wanted.name} that the old rows do not have`;
}

/** All that decides whether two files have the same tables, as one text. */
function shapeOf(db: Database, schema: string): string {
  const rows = db.all(`SELECT type, name, sql FROM ${schema}.sqlite_master WHERE sql IS NOT NULL`);
  return rows
    .map(({ type, name, sql }) => `${textOf(type)} ${textOf(name)} ${textOf(sql).replace(/\s+/g, ' ')}`)
    .sort()
    .join('\n');
}

/** Plain tables with rows of their own; full-text ones are filled by triggers. */
function tablesOf(db: Database, schema: string): readonly Table[] {
  const all = db.all(`SELECT name, sql FROM ${schema}.sqlite_master WHERE type = 'table'`);
  const texts = all.filter(({ sql }) => /^CREATE VIRTUAL/i.test(textOf(sql))).map(({ name }) => textOf(name));
  return all
    .map(({ name }) => textOf(name))
    .filter(
      (name) =>
        !name.startsWith('sqlite_') && !texts.some((text) => name === text || name.startsWith(`${text}_`)),
    )
    .map((name) => ({ name, columns: columnsOf(db, schema, name) }));
}

function columnsOf(db: Database, schema: string, table: string): readonly Column[] {
  return db.all(`PRAGMA ${schema}.table_xinfo(${quoted(table)})`).map((row) => ({
    name: textOf(row['name']),
    generated: Number(row['hidden']) > 1,
    needed: Number(row['notnull']) === 1 && row['dflt_value'] === null && Number(row['hidden']) === 0,
  }));
}

function countOf(db: Database, schema: string, table: string): number {
  return Number(db.get(`SELECT count(*) AS n FROM ${schema}.${quoted(table)}`)?.['n'] ?? 0);
}

function nameOf({ name }: Column): string {
  return name;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
