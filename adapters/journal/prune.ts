// Retention takes whole days, oldest first, and leaves behind what the rest needs to stay provable.
import { rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { parseLine } from '../../domain/journal-chain.js';
import { atomicWrite } from '../files/atomic-write.js';
import { acquireLock } from '../files/lock.js';
import { ANCHOR_FILE, dayFileOf, dayFiles, dayPath, LOCK_FILE, tornFileOf } from './files.js';
import { renderAnchor } from './head.js';
import { lineBatches, linesBackward } from './lines.js';
import { unwritable } from './write.js';

export interface Pruned {
  /** Day files taken away, oldest first. */
  readonly removed: readonly string[];
  /** Hash that the journal now begins behind; null when nothing was removed. */
  readonly anchor: string | null;
}

/**
 * Removes the day files of days before `olderThan` (ms since the epoch, UTC days). The newest file always
 * stays. The anchor is written before the first file goes: what a crash in between leaves over no longer
 * counts, and the next call removes it. Throws NxsError LOCKED, STATE_UNREADABLE.
 */
export async function pruneJournal(dir: string, olderThan: number): Promise<Pruned> {
  if (expired(await dayFiles(dir), olderThan).length === 0) return { removed: [], anchor: null };
  try {
    const lock = await acquireLock(join(dir, LOCK_FILE), { wait: 30_000, purpose: 'journal retention' });
    try {
      return await pruneLocked(dir, olderThan);
    } finally {
      await lock.release();
    }
  } catch (error) {
    throw unwritable(dir, error);
  }
}

async function pruneLocked(dir: string, olderThan: number): Promise<Pruned> {
  const files = await dayFiles(dir);
  const removed = expired(files, olderThan);
  const [last, first] = [removed.at(-1), files[removed.length]];
  if (last === undefined || first === undefined) return { removed: [], anchor: null };
  const anchor = await anchorBehind(dir, last, first);
  if (anchor === null) return { removed: [], anchor: null };
  await atomicWrite(join(dir, ANCHOR_FILE), renderAnchor(anchor, first));
  for (const file of removed) {
    await unlink(dayPath(dir, file));
    await rm(dayPath(dir, tornFileOf(file)), { force: true });
  }
  return { removed, anchor };
}

function expired(files: readonly string[], olderThan: number): readonly string[] {
  const limit = dayFileOf(olderThan);
  return files.slice(0, -1).filter((file) => file < limit);
}

/** The hash of the last event that goes; where that line cannot be read, what the first kept one says that it follows. */
async function anchorBehind(dir: string, last: string, first: string): Promise<string | null> {
  for await (const bytes of linesBackward(dayPath(dir, last))) {
    const event = parseLine(bytes.toString('utf8'));
    if (event !== null) return event.hash;
    break;
  }
  for await (const [line] of lineBatches(dayPath(dir, first))) {
    return line === undefined ? null : (parseLine(line.bytes.toString('utf8'))?.prev ?? null);
  }
  return null;
}
