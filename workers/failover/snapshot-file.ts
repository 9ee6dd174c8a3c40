// Breaker, switch and learned limits as a file: a gateway that was killed starts where it was, without Temporal. Written
// soon after each change, one write at a time, the newest state only.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { atomicWrite } from '../../adapters/files/atomic-write.js';
import { errnoOf, errorMessage } from '../../domain/errors.js';
import { failoverSnapshot, type FailoverSnapshot } from '../../domain/failover/snapshot.js';

export function snapshotPath(stateDir: string): string {
  return path.join(stateDir, 'failover.json');
}

/** What was kept, or null when there is nothing; a damaged file is told and left behind, it is nobody's only copy. */
export async function readSnapshot(
  stateDir: string,
  notice: (sentence: string) => void,
): Promise<FailoverSnapshot | null> {
  const file = snapshotPath(stateDir);
  try {
    const parsed = failoverSnapshot.safeParse(JSON.parse(await readFile(file, 'utf8')));
    if (parsed.success) return parsed.data;
    notice(`${file} is not readable as breaker state and is made anew`);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') notice(`${file} could not be read: ${errorMessage(error)}`);
  }
  return null;
}

export interface SnapshotWriter {
  /** Something changed; it is on its way to the disk when this returns. */
  changed(): void;
  /** Waits until the last change is written. */
  flush(): Promise<void>;
}

export function snapshotWriter(
  stateDir: string,
  take: () => FailoverSnapshot,
  failed: (reason: string) => void,
): SnapshotWriter {
  let dirty = false;
  let writing: Promise<void> | null = null;
  const write = async (): Promise<void> => {
    while (dirty) {
      dirty = false;
      // A crash of the process is what it is for; a power cut may cost the last second of it.
      await atomicWrite(snapshotPath(stateDir), `${JSON.stringify(take())}\n`, { sync: false }).catch(
        (error: unknown) => failed(errorMessage(error)),
      );
    }
    writing = null;
  };
  return {
    changed() {
      dirty = true;
      writing ??= write();
    },
    flush: () => writing ?? Promise.resolve(),
  };
}
