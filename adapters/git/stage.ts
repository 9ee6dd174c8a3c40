// One read of each file feeds every destination. The stage is a throw-away bare repository: what stands in it
// has its ids computed from the very bytes that went in.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { StageProblem, StagedFile } from '../../domain/backup/entry.js';
import type { CancelSignal, Stage } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { type BlobIds, blobHasher, hashBytes } from '../files/hash.js';
import { type ByteSink, readStable } from '../files/stable-read.js';
import type { StatKey } from '../files/stat-key.js';
import { writeBareRepository } from './bare.js';
import { storeFailure } from './failure.js';
import { type StageWriters, openStageWriters } from './stage-writers.js';

// Enough to keep four libuv threads busy; more only costs memory.
const READERS = 8;

export interface StageHandle extends Stage {
  /** HOME of git's processes. */
  readonly gitHome: string;
}

export interface StageInput {
  /** Path in the data directory. */
  readonly local: string;
  /** Target path in the destination, without its prefix. */
  readonly path: string;
  /** Where the bytes are; for a link inside the data directory, its target. */
  readonly absolute: string;
  readonly mode: StagedFile['mode'];
}

/** A staged file with the stamps that its bytes were read under (for the stat cache). */
export interface StagedRead extends StagedFile {
  readonly stat: StatKey;
}

export interface StageOptions {
  readonly signal?: CancelSignal | undefined;
  /** Called after each file, for heartbeats: files done so far, bytes staged so far. */
  readonly onProgress?: (files: number, bytes: number) => void;
}

export interface StageResult {
  /** In the order of the inputs. */
  readonly staged: readonly StagedRead[];
  readonly problems: readonly StageProblem[];
}

/** Makes an empty stage `<dir>/<runId>.git`; one that an earlier attempt of the same run left is removed first. */
export async function openStage(dir: string, runId: string, gitHome: string): Promise<StageHandle> {
  const repository = path.join(dir, `${runId}.git`);
  try {
    await rm(repository, { recursive: true, force: true });
    await writeBareRepository(repository, 'main');
  } catch (error) {
    throw storeFailure(`the staging area ${dir}`, error);
  }
  return { repository, gitHome };
}

/** Removes a stage; a stage that is gone already is fine. */
export async function removeStage(stage: Stage): Promise<void> {
  await rm(stage.repository, { recursive: true, force: true });
}

/**
 * Reads every input once into the stage. May be called again on the same stage (files to heal). Throws
 * CANCELLED, and DESTINATION_UNWRITABLE when the staging area is full or read-only; a file that cannot be
 * read is a problem in the result, never an exception.
 */
export async function stageFiles(
  stage: StageHandle,
  inputs: Iterable<StageInput> | AsyncIterable<StageInput>,
  options: StageOptions = {},
): Promise<StageResult> {
  const scope = { home: stage.gitHome, repository: stage.repository };
  const writers = openStageWriters(scope, `the staging area ${stage.repository}`, options.signal);
  const results: (StagedRead | StageProblem)[] = [];
  const source = numbered(inputs);
  const written = new Set<string>();
  let done = 0;
  let bytes = 0;
  const readNext = async (): Promise<void> => {
    for (;;) {
      const next = await source.next();
      if (next.done === true) return;
      const [index, input] = next.value;
      const result = await stageOne(input, writers, written, options.signal);
      results[index] = result;
      done += 1;
      if ('oid' in result) bytes += result.size;
      options.onProgress?.(done, bytes);
    }
  };
  try {
    await Promise.all(Array.from({ length: READERS }, readNext));
    await writers.close();
  } catch (error) {
    await writers.abort();
    throw error;
  }
  const staged = results.filter((result): result is StagedRead => 'oid' in result);
  const problems = results.filter((result): result is StageProblem => !('oid' in result));
  return { staged, problems };
}

async function stageOne(
  input: StageInput,
  writers: StageWriters,
  written: Set<string>,
  signal: CancelSignal | undefined,
): Promise<StagedRead | StageProblem> {
  const found: { ids: BlobIds | null } = { ids: null };
  let hasher = blobHasher(0);
  let size = 0;
  let large: ByteSink | null = null;
  const sink: ByteSink = {
    async whole(bytes) {
      const ids = hashBytes(bytes);
      found.ids = ids;
      // git would find the twin as well, after packing it first.
      if (written.has(ids.oid)) return;
      written.add(ids.oid);
      await writers.pick(bytes).whole(bytes);
    },
    begin(announced) {
      hasher = blobHasher(announced);
      size = announced;
      large = null;
    },
    async chunk(bytes) {
      hasher.update(bytes);
      if (large === null) {
        large = writers.pick(bytes).large();
        await large.begin(size);
      }
      await large.chunk(bytes);
    },
    async end() {
      found.ids = hasher.digest();
      await large?.end();
    },
  };
  const { local, path: target, mode } = input;
  const read = await readStable(input.absolute, sink, signal);
  if (!read.ok) return { local, path: target, status: read.status, reason: read.reason };
  if (found.ids === null) throw new NxsError('ACTIVITY_FAILED', `No ids were computed for ${local}.`);
  return { local, path: target, ...found.ids, size: read.stat.size, mode, stat: read.stat };
}

/** Hands out inputs one by one to several readers, each with its place in the order. */
function numbered(inputs: Iterable<StageInput> | AsyncIterable<StageInput>): {
  next: () => Promise<IteratorResult<readonly [number, StageInput], undefined>>;
} {
  const generator = (async function* () {
    let index = 0;
    for await (const input of inputs) yield [index++, input] as const;
    return undefined;
  })();
  return { next: () => generator.next() };
}
