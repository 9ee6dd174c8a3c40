// What earlier scans learnt: content ids of files whose stamps vouch for them. A wrong hit would hide a change for ever, so a row
// is kept only when a later write has to show in its stamps (SYNC.md, step 3).
import type { NdjsonFiles } from '../files/ndjson.js';
import { isSettled, type StatLine } from '../files/stat-key.js';

export interface Seen {
  readonly stat: StatLine;
  readonly oid: string;
  /** A write after it was seen has to show in its stamps; what was kept over a process is of this kind. */
  settled: boolean;
}

const KIND = 'sync-seen-1';

export async function loadSeen(ndjson: NdjsonFiles, file: string): Promise<Map<string, Seen>> {
  const found = await ndjson.read(file, KIND);
  const seen = new Map<string, Seen>();
  for (const line of found?.lines ?? []) {
    if (!isRow(line)) return new Map();
    seen.set(line[0], { stat: line[1], oid: line[2], settled: true });
  }
  return seen;
}

/** Keeps what was settled at `now` (ms since the epoch). */
export async function saveSeen(
  ndjson: NdjsonFiles,
  file: string,
  seen: ReadonlyMap<string, Seen>,
  now: number,
): Promise<void> {
  const nowNs = BigInt(Math.floor(now)) * 1_000_000n;
  const rows = [...seen].flatMap(([path, { stat, oid, settled }]) =>
    settled || isSettled(stat, nowNs) ? [[path, stat, oid]] : [],
  );
  await ndjson.write(file, KIND, {}, rows);
}

function isRow(line: unknown): line is [string, string, string] {
  return Array.isArray(line) && line.length === 3 && line.every((each) => typeof each === 'string');
}
