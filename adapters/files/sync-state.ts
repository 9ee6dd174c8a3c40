// `<state>/sync`: what a node remembers between cycles. Whole or not at all: a torn or foreign file counts as lost, and a lost
// memory is a meeting anew, which deletes nothing.
import { lstat, readdir, readFile, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Outcome, Restored, SyncKeeping } from '../../domain/sync/keeping.js';
import { mergeEntryIn, type MergeEntry } from '../../domain/sync/merge-entry.js';
import type { SyncMemory } from '../../domain/sync/ports.js';
import { syncStatusSchema } from '../../domain/sync/status.js';
import { errnoOf } from '../../domain/errors.js';
import { atomicWrite } from './atomic-write.js';
import { statLine } from './stat-key.js';
import { memoryText, parseMemory } from './sync-memory.js';

/** Lines of the local merge log that are kept; all of them are in the hub's history. */
const MOST_MERGES = 5000;

export interface SyncStateOptions {
  /** `<state>/sync`. */
  readonly dir: string;
  /** ms that copies of losers are kept. */
  readonly retention: number;
  readonly now: () => number;
}

/** The state below `dir`. */
export function openSyncState({ dir, retention, now }: SyncStateOptions): SyncKeeping {
  const files = {
    memory: join(dir, 'memory.json'),
    scanned: join(dir, 'scanned.json'),
    outcome: join(dir, 'outcome.json'),
    status: join(dir, 'status.json'),
    merges: join(dir, 'merge-log.jsonl'),
    restored: join(dir, 'restored.json'),
  };
  let held: { readonly stat: string; readonly text: string; readonly memory: SyncMemory } | null = null;
  let tidied = 0;

  const readMemory = async (): Promise<{ readonly memory: SyncMemory | null; readonly lost: boolean }> => {
    const stat = await statOf(files.memory);
    if (stat === null) return { memory: null, lost: false };
    if (held?.stat !== stat) {
      const text = await readFile(files.memory, 'utf8').catch(() => '');
      const memory = parseMemory(text);
      held = memory === null ? null : { stat, text, memory };
    }
    if (held === null) return { memory: null, lost: true };
    const scanned = await json<{ scanned: number }>(files.scanned);
    return {
      memory: { ...held.memory, scanned: Math.max(held.memory.scanned, scanned?.scanned ?? 0) },
      lost: false,
    };
  };

  return {
    memory: readMemory,
    async saveMemory(memory) {
      // The end of the last scan moves with every idle cycle: kept apart, it costs no sync of the disk.
      const text = memoryText({ ...memory, scanned: 0 });
      if (held === null || held.text !== text || (await statOf(files.memory)) !== held.stat) {
        await atomicWrite(files.memory, text);
        held = { stat: (await statOf(files.memory)) ?? '', text, memory: { ...memory, scanned: 0 } };
      }
      await atomicWrite(files.scanned, JSON.stringify({ scanned: memory.scanned }), { sync: false });
    },
    outcome: () => json<Outcome>(files.outcome),
    saveOutcome: (outcome) => atomicWrite(files.outcome, JSON.stringify(outcome)),
    async status() {
      const parsed = syncStatusSchema.safeParse(await json<unknown>(files.status));
      return parsed.success ? parsed.data : null;
    },
    saveStatus: (status) => atomicWrite(files.status, JSON.stringify(status), { sync: false }),
    async logMerges(entries) {
      if (entries.length === 0) return;
      const known = await readMerges(files.merges);
      const ids = new Set(known.map(({ id }) => id));
      const fresh = entries.filter(({ id }) => !ids.has(id));
      if (fresh.length === 0) return;
      const text = [...known, ...fresh].slice(-MOST_MERGES).map((entry) => `${JSON.stringify(entry)}\n`);
      await atomicWrite(files.merges, text);
    },
    merges: () => readMerges(files.merges),
    restored: () => json<Restored>(files.restored),
    forgetRestored: () => unlink(files.restored).catch(ignoreMissing),
    async tidy() {
      if (now() - tidied < 3_600_000) return;
      tidied = now();
      await pruneBackups(join(dir, 'backups'), now() - retention);
    },
  };
}

/**
 * Says that a restore is about to bring files back, so that sync asks before the others get them. False for a node that never
 * met a hub: there is nothing to ask, a first meeting overwrites nobody. An earlier restore that waits stays the one that waits.
 */
export async function markRestored(stateDir: string, restored: Restored): Promise<boolean> {
  const dir = join(stateDir, 'sync');
  if ((await statOf(join(dir, 'memory.json'))) === null) return false;
  if ((await json<Restored>(join(dir, 'restored.json'))) !== null) return false;
  await atomicWrite(join(dir, 'restored.json'), JSON.stringify(restored));
  return true;
}

/** What came of it: nothing waits when no file came back, or when it was undone. Another restore's mark stays. */
export async function settleRestored(stateDir: string, restored: Restored): Promise<void> {
  const file = join(stateDir, 'sync', 'restored.json');
  const waiting = await json<Restored>(file);
  if (waiting === null || (restored.files > 0 && waiting.id !== restored.id)) return;
  if (restored.files > 0) await atomicWrite(file, JSON.stringify(restored));
  else if (waiting.id === restored.id) await unlink(file).catch(ignoreMissing);
}

async function statOf(file: string): Promise<string | null> {
  return lstat(file, { bigint: true }).then(statLine, () => null);
}

/** Null: absent, or torn. */
async function json<T>(file: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch {
    return null;
  }
}

async function readMerges(file: string): Promise<MergeEntry[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => mergeEntryIn(line) ?? []);
}

/** Directories of copies are named by their time, so the names sort and say their age. */
async function pruneBackups(dir: string, before: number): Promise<void> {
  const oldest = new Date(before).toISOString().replace(/[-:]|\.\d+/g, '');
  const names = await readdir(dir).catch(() => []);
  for (const name of names) {
    if (/^\d{8}T\d{6}/.test(name) && name < oldest)
      await rm(join(dir, name), { recursive: true, force: true });
  }
}

function ignoreMissing(error: unknown): void {
  if (errnoOf(error) !== 'ENOENT') throw error;
}
