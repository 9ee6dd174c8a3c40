// Files with the peculiarities of the engine's own: worked-out columns, full-text tables filled by triggers, system rows of a new file.
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { describe, expect, it } from 'vitest';
import { convertDatabase, pourApart } from '../../../adapters/temporal/convert.js';
import { copyParts } from '../../../adapters/temporal/database-copy.js';
import { pour } from '../../../adapters/temporal/pour.js';

const FTS = (columns: string): string => `
  CREATE VIRTUAL TABLE seen_fts USING fts5(${columns}, content='seen');
  CREATE TRIGGER seen_ai AFTER INSERT ON seen BEGIN
    INSERT INTO seen_fts(rowid, ${columns}) VALUES (NEW.rowid, ${columns.replace(/(\w+)/g, 'NEW.$1')}); END;
  CREATE TRIGGER seen_ad AFTER DELETE ON seen BEGIN
    INSERT INTO seen_fts(seen_fts, rowid, ${columns}) VALUES ('delete', OLD.rowid, ${columns.replace(/(\w+)/g, 'OLD.$1')}); END;`;

const OLD = `
  CREATE TABLE runs (id TEXT PRIMARY KEY, data BLOB NOT NULL);
  CREATE TABLE seen (id TEXT PRIMARY KEY, attributes TEXT,
    kind TEXT GENERATED ALWAYS AS (json_extract(attributes, '$.kind')) STORED);${FTS('kind')}`;

const NEW = `
  CREATE TABLE runs (id TEXT PRIMARY KEY, data BLOB NOT NULL, note TEXT NOT NULL DEFAULT '');
  CREATE TABLE more (id TEXT PRIMARY KEY);
  CREATE TABLE seen (id TEXT PRIMARY KEY, attributes TEXT,
    kind TEXT GENERATED ALWAYS AS (json_extract(attributes, '$.kind')) STORED,
    level INT GENERATED ALWAYS AS (json_extract(attributes, '$.level')) STORED);${FTS('kind, level')}
  INSERT INTO runs (id, data) VALUES ('system', x'00');
  INSERT INTO more VALUES ('system');
  INSERT INTO seen (id, attributes) VALUES ('system', '{"kind":"system"}');`;

const ROWS = `
  INSERT INTO runs VALUES ('a', x'0102'), ('b', x'ff00');
  INSERT INTO seen (id, attributes) VALUES ('a', '{"kind":"backup","level":5}'), ('b', NULL);`;

async function file(...sql: readonly string[]): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'pour-')), 'x.db');
  const db = new sqlite.Database(path);
  for (const each of sql) db.exec(each);
  db.close();
  return path;
}

function ask(path: string, sql: string): readonly object[] {
  const db = new sqlite.Database(path);
  try {
    return db.all(sql);
  } finally {
    db.close();
  }
}

describe('pour', () => {
  it('moves all rows into the new tables, works out new columns, fills full text, and leaves no row of the empty file', async () => {
    const [old, fresh] = await Promise.all([file(OLD, ROWS), file(NEW)]);
    expect(pour(old, fresh)).toEqual({ kind: 'poured', tables: 2, rows: 4 });
    expect(ask(fresh, 'SELECT id, hex(data) AS data, note FROM runs ORDER BY id')).toEqual([
      { id: 'a', data: '0102', note: '' },
      { id: 'b', data: 'FF00', note: '' },
    ]);
    expect(ask(fresh, 'SELECT id, kind, level FROM seen ORDER BY id')).toEqual([
      { id: 'a', kind: 'backup', level: 5 },
      { id: 'b', kind: null, level: null },
    ]);
    expect(ask(fresh, "SELECT rowid FROM seen_fts WHERE seen_fts MATCH 'backup'")).toHaveLength(1);
    expect(ask(fresh, "SELECT rowid FROM seen_fts WHERE seen_fts MATCH 'system'")).toEqual([]);
    expect(ask(fresh, 'SELECT * FROM more')).toEqual([]);
  });

  it('says when both files have the same tables, whatever the white space', async () => {
    const [old, fresh] = await Promise.all([file(OLD, ROWS), file(OLD.replaceAll('\n', '\n  '))]);
    expect(pour(old, fresh)).toEqual({ kind: 'same' });
  });

  it.each([
    ['a table that is gone', 'CREATE TABLE gone (id TEXT); INSERT INTO gone VALUES (1);', '', 'table gone'],
    [
      'a column that is gone',
      'CREATE TABLE t (a TEXT, b TEXT); INSERT INTO t VALUES (1, 2);',
      'CREATE TABLE t (a TEXT);',
      'column b',
    ],
    [
      'a column that must be filled',
      'CREATE TABLE t (a TEXT); INSERT INTO t VALUES (1);',
      'CREATE TABLE t (a TEXT, b TEXT NOT NULL);',
      'needs a b',
    ],
  ])('refuses %s when rows depend on it', async (_name, before, after, word) => {
    const [old, fresh] = await Promise.all([file(OLD, ROWS, before), file(NEW, after || 'SELECT 1')]);
    expect(pour(old, fresh)).toEqual({ kind: 'refused', reason: expect.stringContaining(word) });
    const [empty, next] = await Promise.all([
      file(OLD, before.replace(/INSERT.*/, '')),
      file(NEW, after || 'SELECT 1'),
    ]);
    expect(pour(empty, next)).toMatchObject({ kind: 'poured' });
  });
});

describe('convertDatabase', () => {
  const convert = (database: string, copy: string, sql: string) =>
    convertDatabase({
      database,
      copy,
      make: async (path) => copyParts(await file(sql), path),
      pour: (old, fresh) => Promise.resolve(pour(old, fresh)),
    });

  it('puts the converted file in place, and no journal of the old one beside it', async () => {
    const [database, copy] = await Promise.all([file(OLD, ROWS), file(OLD, ROWS)]);
    await writeFile(`${database}-journal`, 'of the old file');
    await convert(database, copy, NEW);
    expect(ask(database, 'SELECT count(*) AS n FROM runs')).toEqual([{ n: 2 }]);
    expect(await readdir(join(database, '..'))).toEqual(['x.db']);
  });

  it('takes the rows from the copy, whatever an earlier try has left of the file', async () => {
    const copy = await file(OLD, ROWS);
    const torn = join(await mkdtemp(join(tmpdir(), 'torn-')), 'x.db');
    await writeFile(torn, 'half a file');
    await convert(torn, copy, OLD);
    expect(ask(torn, 'SELECT count(*) AS n FROM runs')).toEqual([{ n: 2 }]);
  });

  it('leaves the file as it is when its rows have no place, or nothing can be made', async () => {
    const [database, copy] = await Promise.all([file(OLD, ROWS), file(OLD, ROWS)]);
    const before = await readFile(database);
    await expect(convert(database, copy, 'CREATE TABLE other (id TEXT)')).rejects.toMatchObject({
      code: 'ENGINE_DATABASE',
      message: expect.stringContaining(copy),
    });
    const failing = {
      database,
      copy,
      make: () => Promise.reject(new Error('no room')),
      pour: async () => ({ kind: 'same' }) as const,
    };
    await expect(convertDatabase(failing)).rejects.toThrow('no room');
    expect(await readFile(database)).toEqual(before);
    expect(await readdir(join(database, '..'))).toEqual(['x.db']);
  });
});

describe('pouring in a process of its own', () => {
  const ask = async (script: string): Promise<unknown> => {
    const main = join(await mkdtemp(join(tmpdir(), 'pour-main-')), 'main.mjs');
    await writeFile(main, script);
    return pourApart(main, { old: 'o', fresh: 'f', signal: new AbortController().signal });
  };

  it('takes its answer and does not wait for a process that hangs as it ends', async () => {
    const hangs = `console.log(JSON.stringify({ kind: 'same' })); setInterval(() => {}, 1000);`;
    expect(await ask(hangs)).toEqual({ kind: 'same' });
  });

  it.each([
    [
      'says why it failed',
      `console.log('{"kind":"failed","reason":"no such table: x"}')`,
      /^no such table: x$/,
    ],
    ['dies without a word', `process.exit(3)`, /Command failed/],
    [
      'dies with a word, after a warning',
      `console.error('warning'); throw new Error('out of memory')`,
      /out of memory/,
    ],
  ])('rejects when it %s', async (_how, script, reason) => {
    await expect(ask(script)).rejects.toThrow(reason);
  });
});
