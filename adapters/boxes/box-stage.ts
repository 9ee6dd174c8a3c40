// Boxes on their way: a throw-away repository beside the stage, so that a destination takes them as it takes files. Encrypted
// ones alone are written here, nothing plain.
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Stage } from '../../domain/backup/ports.js';
import { fileNameOf } from '../../domain/ids.js';
import type { BlobWriter } from '../git/blob-writer.js';
import { storeFailure } from '../git/failure.js';
import { openStage, removeStage } from '../git/stage.js';
import { openStageWriters } from '../git/stage-writers.js';
import type { Shelf, Signal } from './shelf.js';

/** Larger boxes hold up the writer of the others while they pass. */
const LARGE = 256 * 1024;

export interface BoxStage extends Stage {
  put(bytes: Uint8Array): Promise<void>;
  /** Waits until all of it can be read. Nothing can be put afterwards. */
  seal(): Promise<void>;
}

/**
 * Gives `work` an empty box stage, through which the blobs of `original` can be found too, and removes it afterwards. What a
 * killed run left under the same destination's name goes first. Throws DESTINATION_UNWRITABLE when the disk is full.
 */
export async function withBoxStage<T>(
  shelf: Shelf,
  original: Stage | null,
  signal: Signal,
  work: (stage: BoxStage) => Promise<T>,
): Promise<T> {
  const { scratch, gitHome } = shelf;
  const opened = await openStage(scratch, runName(shelf), gitHome);
  const { repository } = opened;
  const where = `the staging area ${repository}`;
  const writers = openStageWriters({ home: gitHome, repository }, where, signal);
  const state = { sealed: false };
  try {
    if (original !== null) await borrow(repository, original, where);
    return await work({
      repository,
      put: (bytes) => write(writers.pick(bytes), bytes),
      async seal() {
        state.sealed = true;
        await writers.close();
      },
    });
  } finally {
    if (!state.sealed) await writers.abort();
    await removeStage(opened);
  }
}

/** Removes what killed runs left. */
export async function removeLeftovers(shelf: Shelf): Promise<void> {
  await rm(path.join(shelf.scratch, `${runName(shelf)}.git`), { recursive: true, force: true });
}

function runName({ inner }: Shelf): string {
  return fileNameOf(inner.name);
}

async function write(writer: BlobWriter, bytes: Uint8Array): Promise<void> {
  if (bytes.byteLength <= LARGE) return writer.whole(bytes);
  const sink = writer.large();
  await sink.begin(bytes.byteLength);
  await sink.chunk(bytes);
  await sink.end();
}

/** Git looks there for what it does not find here. */
async function borrow(repository: string, { repository: from }: Stage, where: string): Promise<void> {
  const file = path.join(repository, 'objects', 'info', 'alternates');
  try {
    await writeFile(file, `${path.resolve(from, 'objects')}\n`, { mode: 0o600 });
  } catch (error) {
    throw storeFailure(where, error);
  }
}
