// A line of the merge log: what was decided, by whom and when. It comes from the hub too, where anybody may have written it.
import { z } from 'zod';
import type { MergeNote, MergeRule } from './model.js';

const RULES = [
  'last-write-wins',
  'append',
  'append-entry-kept',
  'append-date',
  'delete-vs-modify',
  'file-vs-directory',
  'twins',
  'join',
] as const satisfies readonly MergeRule[];

const oid = z.string().regex(/^[0-9a-f]{40}$/);

export const mergeEntrySchema = z.object({
  /** Digest of what was decided: the same decision has the same id whenever it is made. */
  id: z.string().min(1).max(64),
  /** ISO 8601, UTC. */
  at: z.iso.datetime(),
  /** Node that decided it. */
  node: z.string().max(100),
  path: z.string().max(4096),
  rule: z.enum(RULES),
  kept: oid.nullable(),
  lost: oid.nullable(),
  other: z.string().max(4096).nullable(),
  detail: z.string().max(1000),
});

/** What a person reads in `nxs sync log`. */
export type MergeEntry = Readonly<z.infer<typeof mergeEntrySchema>> & MergeNote;
