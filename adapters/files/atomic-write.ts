import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

// A crash at any point leaves the old file or the new one, never half of either. The directory is synced
// too: without it a power cut can undo the rename although the bytes are safe.

export interface AtomicWriteOptions {
  /** File mode; the default is owner-only. */
  readonly mode?: number;
  /** Sync file and directory to the disk. Leave it out only for what may be lost in a power cut. */
  readonly sync?: boolean;
  /**
   * Directory of the same file system for the file that is written first; beside `path` when left out. For places in which every name has
   * a meaning: a process that is killed in between leaves it behind.
   */
  readonly by?: string;
}

/** Whole, or in pieces that are written one after the other. */
export type Data = string | Uint8Array | Iterable<string>;

/** Replaces `path` by `data` (its directory is made, 0700, when missing). Throws the system's own error. */
export async function atomicWrite(path: string, data: Data, options: AtomicWriteOptions = {}): Promise<void> {
  const { mode = 0o600, sync = true, by = dirname(path) } = options;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = join(by, `${basename(path)}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`);
  try {
    await writeNew(temporary, data, mode, sync);
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  if (sync) await syncDirectory(dirname(path));
}

/** Writes a file that must not exist yet (O_EXCL) and syncs it when asked. */
export async function writeNew(path: string, data: Data, mode: number, sync: boolean): Promise<void> {
  const handle = await open(path, 'wx', mode);
  try {
    await writeFile(handle, data);
    // The process's umask took bits off the mode that open() was given.
    await handle.chmod(mode);
    if (sync) await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a rename or unlink in `directory` durable. File systems that cannot sync a directory are left alone. */
export async function syncDirectory(directory: string): Promise<void> {
  let handle;
  try {
    handle = await open(directory, 'r');
    await handle.sync();
  } catch {
    return;
  } finally {
    await handle?.close();
  }
}
