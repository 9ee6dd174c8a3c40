// Deflating what cannot shrink (photos, archives, keys) is most of the time of a first backup. A sample of each file
// decides which of two writers takes it: one that deflates and one that does not. They also share the two cores.
import { deflateRawSync } from 'node:zlib';
import type { CancelSignal } from '../../domain/backup/ports.js';
import { type BlobWriter, openBlobWriter } from './blob-writer.js';
import type { GitScope } from './environment.js';

const SAMPLE = 4096;
const WORTH_IT = 0.9;

export interface StageWriters {
  /** The writer for content that begins like this. */
  pick(beginning: Uint8Array): BlobWriter;
  /** Waits until all packs are complete. */
  close(): Promise<void>;
  abort(): Promise<void>;
}

/** Writers start when their first file comes: each is a process. */
export function openStageWriters(scope: GitScope, where: string, signal?: CancelSignal): StageWriters {
  const open = new Map<0 | 1, BlobWriter>();
  return {
    pick(beginning) {
      const level = shrinks(beginning) ? 1 : 0;
      const writer = open.get(level) ?? openBlobWriter(scope, level, where, signal);
      open.set(level, writer);
      return writer;
    },
    async close() {
      await Promise.all([...open.values()].map((writer) => writer.close()));
    },
    async abort() {
      await Promise.all([...open.values()].map((writer) => writer.abort()));
    },
  };
}

function shrinks(beginning: Uint8Array): boolean {
  const sample = beginning.subarray(0, SAMPLE);
  // Too short to tell, and too short to matter.
  if (sample.byteLength < 128) return true;
  return deflateRawSync(sample, { level: 1 }).byteLength < sample.byteLength * WORTH_IT;
}
