// A file that is written while it is read gives bytes that never existed. Nothing of that kind may be backed up
// as if it were the file, so each read is framed by two fstat calls on the same descriptor.
import { close, constants, fstat, open, read } from 'node:fs';
import { promisify } from 'node:util';
import type { CancelSignal } from '../../domain/backup/ports.js';
import { NxsError, errnoOf, errorMessage } from '../../domain/errors.js';
import { type StatKey, sameStat, statKey } from './stat-key.js';

const openFile = promisify(open);
const closeFile = promisify(close);
const readFile = promisify(read);
const statFile = promisify(fstat);

/** Files up to this many bytes are held whole in memory; nothing is passed on before they proved stable. */
export const SMALL_FILE = 256 * 1024;
const CHUNK = 512 * 1024;
const ATTEMPTS = 3;
// O_NONBLOCK: opening a FIFO that took a file's place must not hang the run. O_NOFOLLOW: nor a link lead outside.
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Where the bytes go. A large file arrives as begin, chunks of exactly the announced sum, end, and may come
 * again from begin when it changed; the receiver then keeps only the last pass.
 */
export interface ByteSink {
  whole(bytes: Uint8Array): void | Promise<void>;
  begin(size: number): void | Promise<void>;
  chunk(bytes: Uint8Array): void | Promise<void>;
  end(): void | Promise<void>;
}

export interface StableFailure {
  readonly ok: false;
  readonly status: 'UNREADABLE' | 'CHANGED' | 'REFUSED';
  /** One clause for a person, without the path. */
  readonly reason: string;
}

export type StableRead = { readonly ok: true; readonly stat: StatKey } | StableFailure;

/**
 * Reads a regular file without following a link in its last component. A file that differs before and after
 * (mtime, ctime, size, inode) is read again, three times in all, then reported as CHANGED. Errors of the sink
 * and CANCELLED are thrown; everything about the file itself is a result.
 */
export async function readStable(
  absolute: string,
  sink: ByteSink,
  signal?: CancelSignal,
): Promise<StableRead> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (signal?.aborted === true) throw new NxsError('CANCELLED', `Reading ${absolute} was cancelled.`);
    const once = await readOnce(absolute, sink, signal);
    if (once !== 'changed') return once;
  }
  return {
    ok: false,
    status: 'CHANGED',
    reason: `it kept changing while it was read (${String(ATTEMPTS)} tries)`,
  };
}

async function readOnce(
  absolute: string,
  sink: ByteSink,
  signal?: CancelSignal,
): Promise<StableRead | 'changed'> {
  let fd: number;
  try {
    fd = await openFile(absolute, FLAGS);
  } catch (error) {
    return openFailure(error);
  }
  try {
    const before = await statFile(fd, { bigint: true });
    if (!before.isFile()) return { ok: false, status: 'REFUSED', reason: 'it is not a regular file' };
    const stat = statKey(before);
    const whole = stat.size <= SMALL_FILE ? await readSmall(fd, stat.size) : null;
    if (whole === 'changed') return 'changed';
    const steady = whole !== null || (await readLarge(fd, stat.size, sink, signal));
    if (!steady || !sameStat(stat, statKey(await statFile(fd, { bigint: true })))) return 'changed';
    if (whole !== null) await sink.whole(whole);
    return { ok: true, stat };
  } catch (error) {
    if (error instanceof NxsError) throw error;
    return { ok: false, status: 'UNREADABLE', reason: describe(error) };
  } finally {
    await closeFile(fd);
  }
}

async function readSmall(fd: number, size: number): Promise<Buffer | 'changed'> {
  // One byte more than announced: a file that grew shows itself without another call.
  const buffer = Buffer.allocUnsafe(size + 1);
  let filled = 0;
  while (filled <= size) {
    const { bytesRead } = await readFile(fd, buffer, filled, buffer.length - filled, null);
    filled += bytesRead;
    if (bytesRead === 0 || filled === size) break;
  }
  return filled === size ? buffer.subarray(0, size) : 'changed';
}

/** True when exactly `size` bytes were there; the sink gets that many in any case, the rest being zeros. */
async function readLarge(fd: number, size: number, sink: ByteSink, signal?: CancelSignal): Promise<boolean> {
  await sink.begin(size);
  let left = size;
  let steady = true;
  while (left > 0) {
    if (signal?.aborted === true)
      throw new NxsError('CANCELLED', 'Reading the data directory was cancelled.');
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, left));
    let bytesRead = 0;
    let failure: Error | null = null;
    if (steady) {
      try {
        ({ bytesRead } = await readFile(fd, buffer, 0, buffer.length, null));
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
      }
    }
    if (bytesRead === 0) steady = false;
    if (failure !== null) {
      await fillUp(left, sink);
      await sink.end();
      throw failure;
    }
    const part = bytesRead === 0 ? buffer.fill(0) : buffer.subarray(0, bytesRead);
    await sink.chunk(part);
    left -= part.length;
  }
  await sink.end();
  return steady;
}

async function fillUp(left: number, sink: ByteSink): Promise<void> {
  const zeros = Buffer.alloc(CHUNK);
  for (let rest = left; rest > 0; rest -= CHUNK) await sink.chunk(zeros.subarray(0, Math.min(CHUNK, rest)));
}

function openFailure(error: unknown): StableFailure {
  if (errnoOf(error) === 'ELOOP')
    return { ok: false, status: 'REFUSED', reason: 'a symbolic link took its place' };
  // ENXIO: a socket, or a FIFO without a reader.
  if (errnoOf(error) === 'ENXIO') return { ok: false, status: 'REFUSED', reason: 'it is not a regular file' };
  return { ok: false, status: 'UNREADABLE', reason: describe(error) };
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission to read it (EACCES)',
  EPERM: 'no permission to read it (EPERM)',
  ENOENT: 'it vanished before it was read (ENOENT)',
  ENOTDIR: 'its directory vanished before it was read (ENOTDIR)',
  EIO: 'the disk cannot read it (EIO)',
  ESTALE: 'the network file system lost it (ESTALE)',
};

function describe(error: unknown): string {
  const errno = errnoOf(error);
  return (errno !== null ? REASONS[errno] : undefined) ?? errorMessage(error);
}
