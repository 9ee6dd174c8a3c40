// Reads a log that openRotatingLog writes, through its rotations: the kept files first, then what is appended. A file stays
// readable by its handle when it is renamed under us, so a rotation between two looks loses nothing.
import { open, stat, type FileHandle } from 'node:fs/promises';

export interface LogTail {
  /** Whole lines that were not told yet, oldest first; the first call tells all that is kept. */
  lines(): AsyncGenerator<string, void>;
  close(): Promise<void>;
}

/** More rotated files than these are never looked for. */
const MOST_KEPT = 9;
const CHUNK = 64 * 1024;

interface Opened {
  readonly handle: FileHandle;
  readonly ino: number;
  position: number;
}

/** `since`: rotated files that were written last before (ms since the epoch) are left out. A log that is not there yet is empty. */
export function openLogTail(path: string, since: number | null = null): LogTail {
  const decoder = new TextDecoder();
  let waiting: Opened[] | null = null;
  let rest = '';

  async function* drain(file: Opened): AsyncGenerator<string, void> {
    const buffer = Buffer.allocUnsafe(CHUNK);
    for (;;) {
      const { bytesRead } = await file.handle.read(buffer, 0, CHUNK, file.position);
      if (bytesRead === 0) return;
      file.position += bytesRead;
      const lines = (rest + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  }

  return {
    async *lines() {
      waiting = waiting === null ? await openKept(path, since) : await follow(path, waiting);
      // The last one is the file that is written to now.
      for (const [index, file] of waiting.entries()) {
        yield* drain(file);
        if (index < waiting.length - 1) {
          await file.handle.close();
          if (rest !== '') yield rest;
          rest = '';
        }
      }
      waiting = waiting.slice(-1);
    },
    async close() {
      await Promise.all((waiting ?? []).map(({ handle }) => handle.close().catch(() => undefined)));
      waiting = [];
    },
  };
}

/** All that is kept, oldest first, each file once even when it is renamed meanwhile. */
async function openKept(path: string, since: number | null): Promise<Opened[]> {
  const opened: Opened[] = [];
  for (let index = 0; index <= MOST_KEPT; index += 1) {
    const file = await openFile(index === 0 ? path : `${path}.${index}`);
    if (file === null) {
      if (index === 0) continue;
      break;
    }
    const known = opened.some(({ ino }) => ino === file.ino);
    const old = index > 0 && since !== null && (await file.handle.stat()).mtimeMs < since;
    if (known || old) await file.handle.close();
    else opened.unshift(file);
    if (old) break;
  }
  return opened;
}

/** What is to be read next: the file at hand, and those that took its name since. */
async function follow(path: string, before: readonly Opened[]): Promise<Opened[]> {
  const last = before.at(-1) ?? null;
  const now = await stat(path).catch(() => null);
  if (now === null || now.ino === last?.ino) return [...before];
  const fresh: Opened[] = [];
  for (let index = 0; index <= MOST_KEPT; index += 1) {
    const file = await openFile(index === 0 ? path : `${path}.${index}`);
    if (file === null || file.ino === last?.ino) {
      await file?.handle.close();
      break;
    }
    fresh.unshift(file);
    // Nothing of it was seen before: there was no log at all.
    if (last === null) break;
  }
  return [...before, ...fresh];
}

async function openFile(path: string): Promise<Opened | null> {
  try {
    const handle = await open(path, 'r');
    return { handle, ino: (await handle.stat()).ino, position: 0 };
  } catch {
    return null;
  }
}
