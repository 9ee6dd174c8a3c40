// One worker of ours at a time on a destination: in this process by a queue, between processes (another node that shares the
// store, a bench) by a lock file: beside a store on a disk, in our own state for one behind a network.
import path from 'node:path';
import { acquireLock } from '../adapters/files/lock.js';
import type { Destination } from '../domain/backup/ports.js';
import { NxsError } from '../domain/errors.js';
import { fileNameOf } from '../domain/ids.js';

/** As long as the longest step may take (workflows/proxies.ts). */
const PATIENCE_MS = 6 * 3_600_000;

export type Alone = <T>(store: Destination, work: () => Promise<T>) => Promise<T>;

/** Queues work per destination; `dir` takes the locks of those that are no directory. Throws NxsError LOCKED when another process keeps it for hours. */
export function openAlone(dir: string): Alone {
  const queues = new Map<string, Promise<unknown>>();
  return (store, work) => {
    const before = queues.get(store.location) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => locked(lockOf(dir, store), work));
    queues.set(
      store.location,
      mine.catch(() => undefined),
    );
    return mine;
  };
}

function lockOf(dir: string, { kind, location }: Destination): string {
  return kind === 'git' ? `${location}.lock` : path.join(dir, `${fileNameOf(location)}.lock`);
}

async function locked<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = await acquireLock(file, { wait: PATIENCE_MS, purpose: 'backup' }).catch((error: unknown) => {
    // No lock file can be made there (read-only, full): then nothing else can be written there either.
    if (error instanceof NxsError) throw error;
    return null;
  });
  try {
    return await work();
  } finally {
    await lock?.release();
  }
}
