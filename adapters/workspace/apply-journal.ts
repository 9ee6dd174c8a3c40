// What an apply is about to do, on the disk before the first of it is done: after a crash it tells which files are whose.
import { readFile, unlink } from 'node:fs/promises';
import { z } from 'zod';
import type { FileChange } from '../../domain/sync/ports.js';
import { atomicWrite } from '../files/atomic-write.js';

const version = z.object({ oid: z.string(), mode: z.enum(['100644', '100755']), size: z.number() });

const journalSchema = z.object({
  v: z.literal(1),
  cycle: z.string(),
  /** Names the directory of the copies: `20261123T101500Z`. */
  stamp: z.string(),
  entries: z.array(
    z.object({
      path: z.string(),
      expected: z.string().nullable(),
      wanted: version.nullable(),
      /** Name in the staging directory. */
      staging: z.string(),
    }),
  ),
});

export type ApplyJournal = z.infer<typeof journalSchema>;
export type JournalEntry = ApplyJournal['entries'][number];

export function newJournal(
  cycle: string,
  stamp: string,
  changes: readonly FileChange[],
  id: string,
): ApplyJournal {
  return {
    v: 1,
    cycle,
    stamp,
    entries: changes.map(({ path, expected, wanted }, index) => ({
      path,
      expected,
      wanted: wanted === null ? null : { oid: wanted.oid, mode: wanted.mode, size: wanted.size },
      staging: `${id}-${index}`,
    })),
  };
}

export async function writeJournal(file: string, journal: ApplyJournal): Promise<void> {
  await atomicWrite(file, JSON.stringify(journal));
}

/** Null: nothing is under way. A torn one was never begun: it is written whole before the first change. */
export async function readJournal(file: string): Promise<ApplyJournal | null> {
  try {
    const parsed = journalSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export async function removeJournal(file: string): Promise<void> {
  await unlink(file).catch(() => undefined);
}
