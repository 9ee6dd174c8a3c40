// What reaches the day file is whole lines on the disk, or nothing: a later reader must never have to guess.
import { chmod, mkdir, open, truncate } from 'node:fs/promises';
import { errorMessage, NxsError } from '../../domain/errors.js';
import { syncDirectory } from '../files/atomic-write.js';
import { dayPath, tornFileOf } from './files.js';

/** The journal is the owner's alone: events name files and hosts. */
export async function ensureJournalDir(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await chmod(dir, 0o700);
  } catch (error) {
    throw unwritable(dir, error);
  }
}

/**
 * Writes `bytes` at `position` and syncs them. After a failure the file is back at its old length.
 * Throws STATE_UNREADABLE with the system's word (no space, no permission).
 */
export async function writeLines(dir: string, file: string, position: number, bytes: Buffer): Promise<void> {
  const path = dayPath(dir, file);
  const isNew = position === 0;
  const handle = await open(path, isNew ? 'a' : 'r+', 0o600).catch((error: unknown) => {
    throw unwritable(path, error);
  });
  try {
    if (isNew) await handle.chmod(0o600);
    try {
      let done = 0;
      while (done < bytes.length) {
        const { bytesWritten } = await handle.write(
          bytes,
          done,
          bytes.length - done,
          isNew ? null : position + done,
        );
        done += bytesWritten;
      }
      await handle.datasync();
    } catch (error) {
      await handle.truncate(position).catch(() => undefined);
      throw unwritable(path, error);
    }
  } finally {
    await handle.close();
  }
  if (isNew) await syncDirectory(dir);
}

/**
 * Takes the unfinished last line of a day file out of the chain: its bytes go to `<day>.torn` first, so
 * that a crash in between leaves them twice, never nowhere. Returns a sentence for the log.
 */
export async function setTornAside(dir: string, file: string, end: number, torn: Buffer): Promise<string> {
  const aside = tornFileOf(file);
  try {
    const handle = await open(dayPath(dir, aside), 'a', 0o600);
    try {
      await handle.appendFile(Buffer.concat([torn, Buffer.from('\n')]));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await truncate(dayPath(dir, file), end);
  } catch (error) {
    throw unwritable(dayPath(dir, aside), error);
  }
  return `The journal file ${file} ended inside a line (a crash or a full disk): its last ${torn.length} bytes were moved to ${aside}.`;
}

export function unwritable(path: string, error: unknown): NxsError {
  if (error instanceof NxsError) return error;
  return new NxsError(
    'STATE_UNREADABLE',
    `The journal cannot be written at ${path}: ${errorMessage(error)}.`,
    { path },
    error,
  );
}
