// Feeds blobs into `git fast-import`, which makes one pack of them. Thousands of loose objects would cost an
// fsync or at least a file each; a pack costs one.
import type { CancelSignal } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import type { ByteSink } from '../files/stable-read.js';
import type { GitScope } from './environment.js';
import { checkExit, spawnGit, writeTo } from './process.js';

const NEWLINE = Buffer.from('\n');
const FLUSH_AT = 256 * 1024;

export interface BlobWriter {
  /** Writes one small blob. */
  whole(bytes: Uint8Array): Promise<void>;
  /** One large blob in chunks; others wait until it has ended. */
  large(): ByteSink;
  /** Waits until the pack is complete; throws when it could not be made. */
  close(): Promise<void>;
  /** Ends git at once; what it had begun stays behind in the stage directory. */
  abort(): Promise<void>;
}

/**
 * A writer into the repository of `scope`, deflating at `level` (0: stored as it is); throws
 * DESTINATION_UNWRITABLE when the disk is full.
 */
export function openBlobWriter(
  scope: GitScope,
  level: 0 | 1,
  where: string,
  signal?: CancelSignal,
): BlobWriter {
  const settings = {
    'pack.compression': String(level),
    'fastimport.unpackLimit': '0',
    'core.fsync': 'none',
    ...scope.settings,
  };
  const call = {
    scope: { ...scope, settings },
    args: ['fast-import', '--quiet', '--done', '--depth=0'],
    where,
    signal,
  };
  const git = spawnGit(call);
  git.stdout.resume();
  let turn = Promise.resolve();
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  const held = new Set<() => void>();

  async function flush(): Promise<void> {
    if (waiting.length === 0) return;
    const bytes = Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    await put(bytes);
  }

  async function put(bytes: Uint8Array): Promise<void> {
    await writeTo(git.stdin, bytes);
    if (git.stdin.destroyed) throw await brokenPipe();
  }

  async function brokenPipe(): Promise<NxsError> {
    checkExit(call, await git.exit);
    return new NxsError(
      'DESTINATION_UNWRITABLE',
      `git fast-import at ${where} ended before it had all files.`,
    );
  }

  async function append(bytes: Uint8Array): Promise<void> {
    waiting.push(header(bytes.byteLength), bytes, NEWLINE);
    waitingBytes += bytes.byteLength + 24;
    if (waitingBytes >= FLUSH_AT) await flush();
  }

  function whole(bytes: Uint8Array): Promise<void> {
    const mine = turn.then(() => append(bytes));
    turn = mine.catch(() => undefined);
    return mine;
  }

  function large(): ByteSink {
    let release: () => void = () => undefined;
    return {
      whole,
      async begin(size) {
        const before = turn;
        turn = new Promise((resolve) => {
          release = () => {
            held.delete(release);
            resolve();
          };
          held.add(release);
        });
        await before;
        waiting.push(header(size));
        await flush();
      },
      chunk: put,
      async end() {
        await put(NEWLINE);
        release();
      },
    };
  }

  return {
    whole,
    large,
    async close() {
      await turn;
      await flush();
      git.stdin.end('done\n');
      checkExit(call, await git.exit);
    },
    async abort() {
      git.kill();
      // Readers that wait for a large blob that will never end must not wait for ever.
      for (const release of held) release();
      await git.exit.catch(() => undefined);
    },
  };
}

function header(size: number): Buffer {
  return Buffer.from(`blob\ndata ${String(size)}\n`);
}
