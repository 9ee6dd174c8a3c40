// What stands in the embedded server's database. It is read from a copy that is made while the server stands still: crash-consistent, as
// after a kill, and no reader of ours is ever in the server's way.
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import sqlite, { type Database } from 'node-sqlite3-wasm';
import type { Scratch } from '../subjects/scratch.js';

/** One run of a workflow. */
export interface Execution {
  readonly workflowId: string;
  /** Hexadecimal, without dashes. */
  readonly runId: string;
  readonly events: number;
  /** Rows of its history, and bytes in them. */
  readonly nodes: number;
  readonly bytes: number;
}

export interface EngineRows {
  /** ms since the epoch. */
  readonly at: number;
  readonly executions: readonly Execution[];
  /** Rows of the tables that PostgreSQL has too and that stay until the retention is over. */
  readonly rows: number;
  /** Of the file. */
  readonly fileBytes: number;
}

/** Without the queues of tasks that come and go, and without SQLite's own full-text tables. */
const TABLES = [
  'executions',
  'current_executions',
  'history_tree',
  'history_node',
  'executions_visibility',
] as const;
const PARTS = ['', '-journal', '-wal'] as const;

/** Reads the file of a server that runs as `pid`; for some ms it stands still. */
export function readEngine(scratch: Scratch, database: string, pid: number): EngineRows {
  const dir = mkdtempSync(path.join(scratch.root, 'rows-'));
  const copy = path.join(dir, 'temporal.db');
  process.kill(pid, 'SIGSTOP');
  try {
    for (const part of PARTS) if (existsSync(database + part)) copyFileSync(database + part, copy + part);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  const at = Date.now();
  const db = new sqlite.Database(copy, { fileMustExist: true });
  try {
    const rows = TABLES.reduce((sum, table) => sum + numberOf(db, `SELECT count(*) AS n FROM ${table}`), 0);
    return { at, executions: executionsOf(db), rows, fileBytes: statSync(database).size };
  } finally {
    db.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

function numberOf(db: Database, query: string): number {
  return Number(db.all(query)[0]?.['n'] ?? 0);
}

/** A history's tree has the id of its run. */
function executionsOf(db: Database): Execution[] {
  const found = db.all(
    `SELECT e.workflow_id AS id, lower(hex(e.run_id)) AS run, e.next_event_id - 1 AS events, n.nodes, n.bytes FROM executions e
     JOIN (SELECT tree_id, count(*) AS nodes, sum(length(data)) AS bytes FROM history_node GROUP BY tree_id) n ON n.tree_id = e.run_id`,
  );
  return found.map((row) => ({
    workflowId: row['id'] as string,
    runId: row['run'] as string,
    events: Number(row['events']),
    nodes: Number(row['nodes']),
    bytes: Number(row['bytes']),
  }));
}
