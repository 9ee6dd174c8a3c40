// The data directory of sync: looked at by one scan, changed by one journal at a time.
import { lstatSync } from 'node:fs';
import { readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Applied, Workspace } from '../../domain/sync/ports.js';
import { atomicWrite } from '../files/atomic-write.js';
import { openNdjsonFiles } from '../files/ndjson.js';
import { openBelow } from '../files/restore-dir.js';
import { statLine } from '../files/stat-key.js';
import { applyAll, recoverAll, type ApplySite } from './apply.js';
import { readJournal, removeJournal } from './apply-journal.js';
import { loadExchange, type Exchange } from './exchange.js';
import { bringBackLate, readKept, writeKept, type Kept } from './late.js';
import { ensureLayout, layoutOf, STAGING } from './layout.js';
import { contentId } from './place.js';
import { checkRoot, deviceOf, joinRoot } from './root.js';
import { scanRoot, type ScanState } from './scan.js';
import { loadSeen, saveSeen, type Seen } from './seen.js';

export interface WorkspaceOptions {
  readonly root: string;
  /** `<state>/sync`. */
  readonly dir: string;
  /** Device number of a directory; tests give another. */
  readonly deviceOf?: (dir: string) => Promise<number>;
  /** Null: as on a system that cannot exchange two names. Left out: what the system can. */
  readonly exchange?: Exchange | null;
  /** ms since the epoch. */
  readonly now?: () => number;
}

export interface OpenWorkspace extends Workspace {
  /** True when the file is as a scan or our own hand left it: a hint of a change there says nothing new. */
  isKnown(path: string): boolean;
}

/** Fewer rows of the cache than this wait, for so long (ms), until it is written. */
const FEW = 32;
const WRITE_EVERY = 300_000;

/** Opens it; nothing is read or written before it is asked for. */
export function openWorkspace(options: WorkspaceOptions): OpenWorkspace {
  const { root, now = Date.now } = options;
  const layout = layoutOf(options.dir);
  const place = { root, file: layout.root, deviceOf: options.deviceOf ?? deviceOf };
  const exchange = options.exchange === undefined ? loadExchange() : options.exchange;
  const ndjson = openNdjsonFiles();
  let state: ScanState | null = null;
  /** What stands there by our own hand; null: nothing. */
  const own = new Map<string, string | null>();
  const exchanging = new Map<string, boolean>();
  let kept: Kept[] = [];
  /** Rows that the file of the cache does not have. */
  let fresh = 0;
  let written = 0;

  const opened = async (): Promise<ScanState> => {
    if (state !== null) return state;
    const seen: Map<string, Seen> = await loadSeen(ndjson, layout.cache);
    const deferrals = await readFile(layout.deferrals, 'utf8').then(
      countsIn,
      () => new Map<string, number>(),
    );
    state = { seen, names: new Map(), deferrals };
    return state;
  };

  const site = (): ApplySite => ({
    root,
    journal: layout.journal,
    backups: layout.backups,
    exchange,
    exchanging,
    names: state?.names ?? new Map(),
    kept: (path, backup, oid) => void kept.push({ path, backup, oid }),
  });

  const noteOwn = (results: readonly Applied[]): void => {
    for (const { path, result, oid } of results) {
      if (result !== 'done') continue;
      const stat = statOf(join(root, diskName(path)));
      own.set(path, stat);
      if (stat === null || oid === null) state?.seen.delete(path);
      else state?.seen.set(path, { stat, oid, settled: false });
    }
    fresh += results.length;
  };

  const diskName = (path: string): string => state?.names.get(path) ?? path;

  return {
    root,
    check: () => checkRoot(place),
    async join() {
      await ensureLayout(layout);
      await joinRoot(place);
    },
    async scan(asked) {
      await ensureLayout(layout);
      const late = await readKept(layout.late);
      if (late.length > 0) {
        await bringBackLate(root, layout.backups, late);
        await writeKept(layout.late, []);
      }
      const current = await opened();
      const before = current.seen;
      const result = await scanRoot(root, current, asked, now);
      for (const [path, row] of current.seen) if (before.get(path)?.stat !== row.stat) fresh += 1;
      fresh += Math.abs(before.size - current.seen.size);
      return result;
    },
    async remember() {
      // A few rows that get lost are a few files that are read again.
      const isDue = fresh > FEW || now() - written > WRITE_EVERY;
      if (state === null || fresh === 0 || !isDue) return;
      await saveSeen(ndjson, layout.cache, state.seen, now());
      await atomicWrite(layout.deferrals, JSON.stringify(Object.fromEntries(state.deferrals)), {
        sync: false,
      });
      fresh = 0;
      written = now();
    },
    look: async (path) => {
      const way = await openBelow(root, diskName(path).split('/').slice(0, -1), false);
      if (way.state !== 'open') return null;
      try {
        return await contentId(way.directory.at(diskName(path).split('/').at(-1) ?? ''));
      } finally {
        await way.directory.close();
      }
    },
    async recover() {
      const journal = await readJournal(layout.journal);
      if (journal === null) return [];
      kept = [];
      const results = await recoverAll(site(), journal);
      noteOwn(results);
      if (kept.length > 0) await writeKept(layout.late, kept);
      return results;
    },
    async apply(cycle, changes, contents) {
      await ensureLayout(layout);
      kept = [];
      const results = await applyAll(site(), cycle, changes, contents, now());
      noteOwn(results);
      if (kept.length > 0) await writeKept(layout.late, kept);
      return results;
    },
    async settle() {
      await removeJournal(layout.journal);
      await rmdir(join(root, STAGING)).catch(() => undefined);
    },
    isKnown(path) {
      const stat = statOf(join(root, path));
      if (own.has(path) && own.get(path) === stat) return true;
      return state !== null && (state.seen.get(path)?.stat ?? null) === stat;
    },
  };
}

function statOf(file: string): string | null {
  try {
    const stats = lstatSync(file, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? null : statLine(stats);
  } catch {
    return null;
  }
}

/** How often each file was put off; empty for a file that is torn: it would stop every cycle to come, and is worth nothing. */
function countsIn(text: string): Map<string, number> {
  try {
    const counts: unknown = JSON.parse(text);
    const rows = typeof counts === 'object' && counts !== null ? Object.entries(counts) : [];
    return new Map(rows.filter((row): row is [string, number] => typeof row[1] === 'number'));
  } catch {
    return new Map();
  }
}
