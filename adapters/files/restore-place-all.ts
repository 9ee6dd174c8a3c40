// The order is the promise: record on the disk, old files kept and synced, and only then the first move.
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileResult } from '../../domain/restore/result.js';
import { NxsError } from '../../domain/errors.js';
import { phraseOf, targetUnwritable, throwIfCancelled } from './restore-errors.js';
import { keepPresent, syncKept } from './restore-keep.js';
import type { Planned } from './restore-look.js';
import { placeOne } from './restore-place.js';
import type { PlaceContext, Placed } from './restore-place.js';
import { writeRecord } from './restore-record.js';
import type { RecordHeader, Step } from './restore-record.js';
import type { RunOptions } from './restore-options.js';
import type { Staged } from './restore-stage.js';
import { createWalker, nameOf } from './restore-walker.js';

interface Ready {
  readonly planned: Planned;
  /** Null: the file is to be removed. */
  readonly staged: string | null;
}

/** Places what was staged and removes what is to go. Returns the result of each file that it took in hand. */
export async function placeAll(
  planned: readonly Planned[],
  staged: ReadonlyMap<string, Staged>,
  header: RecordHeader,
  dir: string,
  options: RunOptions,
): Promise<ReadonlyMap<string, FileResult>> {
  const ready = planned.flatMap((one): Ready[] => {
    if (one.decision.action === 'remove') return [{ planned: one, staged: null }];
    const at = staged.get(one.operation.path);
    return at !== undefined && 'place' in at ? [{ planned: one, staged: at.place }] : [];
  });
  if (ready.length === 0) return new Map();
  throwIfCancelled(options.signal);
  await recorded(dir, header, ready);
  const walker = createWalker(options.target, true);
  try {
    const context = { walker, dir, umask: await umaskSeenIn(dir) };
    const unkept = await keepAll(ready, dir, options);
    return await moveAll(ready, unkept, context, options);
  } finally {
    await walker.close();
  }
}

/**
 * The umask, seen at a new file: asking for it by process.umask() sets it to 0 for a moment, in which another
 * thread could make a file that everyone may write.
 */
async function umaskSeenIn(dir: string): Promise<number> {
  const path = join(dir, 'umask');
  await rm(path, { force: true });
  const handle = await open(path, 'wx', 0o777);
  try {
    return ~(await handle.stat()).mode & 0o777;
  } finally {
    await handle.close();
    await rm(path, { force: true });
  }
}

async function recorded(dir: string, header: RecordHeader, ready: readonly Ready[]): Promise<void> {
  try {
    await writeRecord(dir, header, ready.map(stepOf));
  } catch (error) {
    throw targetUnwritable(dir, error);
  }
}

function stepOf({ planned }: Ready): Step {
  const { present } = planned.look;
  const old =
    present.kind === 'file'
      ? { sha256: present.sha256, size: present.size, permissions: present.permissions }
      : null;
  return { path: planned.operation.path, placed: planned.operation.want?.sha256 ?? null, old };
}

/** Keeps every present file; the reasons of those that cannot be kept, and so must not be replaced. */
async function keepAll(
  ready: readonly Ready[],
  dir: string,
  options: RunOptions,
): Promise<Map<string, string>> {
  const unkept = new Map<string, string>();
  const walker = createWalker(options.target, false);
  try {
    for (const { planned } of ready) {
      if (planned.look.stamp === null) continue;
      throwIfCancelled(options.signal);
      const { path } = planned.operation;
      try {
        const parent = await walker.parentOf(path);
        if (parent.state === 'open') await keepPresent(parent.directory.at(nameOf(path)), dir, path);
      } catch (error) {
        // A file that is gone by now is seen again before it is placed.
        if (!phraseOf(error).startsWith('ENOENT'))
          unkept.set(path, `the present file cannot be kept: ${phraseOf(error)}`);
      }
    }
  } finally {
    await walker.close();
  }
  await syncKept(
    dir,
    ready.filter(({ planned }) => planned.look.stamp !== null).map(({ planned }) => planned.operation.path),
  );
  return unkept;
}

async function moveAll(
  ready: readonly Ready[],
  unkept: ReadonlyMap<string, string>,
  context: PlaceContext,
  options: RunOptions,
): Promise<Map<string, FileResult>> {
  const results = new Map<string, FileResult>();
  for (const { planned, staged } of ready) {
    if (options.signal?.aborted === true) {
      throw new NxsError(
        'CANCELLED',
        `The restore ${options.id} was cancelled after ${results.size} of ${ready.length} files; \`undo\` takes them back.`,
        {
          placed: results.size,
        },
      );
    }
    const { operation, look } = planned;
    const reason = unkept.get(operation.path);
    const placed: Placed =
      reason === undefined
        ? await placeOne(operation, staged, look, context)
        : { outcome: 'refused', reason };
    results.set(operation.path, {
      path: operation.path,
      outcome: placed.outcome,
      action: placed.outcome === 'restored' ? placed.action : 'none',
      reason: placed.outcome === 'restored' ? null : placed.reason,
      sha256: operation.want?.sha256 ?? null,
      size: operation.want?.size ?? 0,
    });
    options.progress?.({ phase: 'place', done: results.size, total: ready.length });
  }
  return results;
}
