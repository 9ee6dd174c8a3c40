// What we remember of a branch between two steps. It saves requests and tells a stale answer from a moved branch; losing it
// costs requests, never truth.
import { readFile } from 'node:fs/promises';
import { atomicWrite } from '../files/atomic-write.js';

export interface Move {
  readonly commit: string;
  readonly tree: string;
  /** Where the branch stood before; null: it was not there. */
  readonly before: string | null;
  /** Epoch ms. */
  readonly at: number;
}

export interface Memory {
  /** Our last move of the branch. */
  readonly move: Move | null;
  /** Blobs whose upload the server acknowledged with the right id, and when (epoch ms). */
  readonly uploads: Readonly<Record<string, number>>;
}

export interface MemoryFile {
  read(): Promise<Memory>;
  update(change: (memory: Memory) => Memory): Promise<void>;
}

const EMPTY: Memory = { move: null, uploads: {} };

/** GitHub keeps an object that nothing refers to for some weeks; one day is far below it. */
const UPLOAD_STANDS_MS = 24 * 3_600_000;

/** The memory in `file`; what cannot be read counts as none. */
export function openMemory(file: string): MemoryFile {
  let turn: Promise<unknown> = Promise.resolve();
  const read = async (): Promise<Memory> => {
    try {
      const found = JSON.parse(await readFile(file, 'utf8')) as Partial<Memory>;
      return { move: found.move ?? null, uploads: found.uploads ?? {} };
    } catch {
      return EMPTY;
    }
  };
  return {
    read,
    update(change) {
      const mine = turn
        .catch(() => undefined)
        .then(async () => {
          await atomicWrite(file, JSON.stringify(change(await read())), { sync: false });
        });
      turn = mine;
      return mine;
    },
  };
}

/** The blobs that need not travel again. */
export function standingUploads(memory: Memory, now: number): Set<string> {
  const stands = Object.entries(memory.uploads).filter(([, at]) => at <= now && now - at < UPLOAD_STANDS_MS);
  return new Set(stands.map(([oid]) => oid));
}
