// Objects enter the destination in one way only: as one pack through `index-pack`, which hashes each of them.
import type { Readable } from 'node:stream';
import type { CancelSignal } from '../../domain/backup/ports.js';
import { syncDirectory } from '../files/atomic-write.js';
import { storeFailure } from './failure.js';
import { type GitCall, checkExit, spawnGit, writeTo } from './process.js';
import { type GitStore, callOn, packDirectory } from './store.js';

/** Stores a pack durably. On an error nothing of it is visible; a tmp_* file may stay until the next prepare(). */
export async function receivePack(
  store: GitStore,
  pack: AsyncIterable<Uint8Array>,
  signal?: CancelSignal,
): Promise<void> {
  const call: GitCall = callOn(store, ['index-pack', '--stdin', '--threads=1'], signal);
  const git = spawnGit(call);
  drain(git.stdout);
  try {
    for await (const chunk of pack) {
      if (git.stdin.destroyed) break;
      await writeTo(git.stdin, chunk);
    }
    git.stdin.end();
    checkExit(call, await git.exit);
  } catch (error) {
    git.kill();
    await git.exit.catch(() => undefined);
    throw error;
  }
  try {
    await syncDirectory(packDirectory(store));
  } catch (error) {
    throw storeFailure(call.where, error);
  }
}

function drain(stream: Readable): void {
  stream.resume();
}
