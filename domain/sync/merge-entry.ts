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

const mergeEntrySchema = z.object({
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

const identities = z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(100_000);

/** Identities of log entries that were removed on purpose, as a node's file in the hub lists them; none for anything else. */
export function identitiesIn(text: string): readonly string[] {
  return identities.safeParse(valueOf(text)).data ?? [];
}

/** The entry of one line; null for anything else. */
export function mergeEntryIn(line: string): MergeEntry | null {
  return mergeEntrySchema.safeParse(valueOf(line)).data ?? null;
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a person reads in `nxs sync log`. */
export type MergeEntry = Readonly<z.infer<typeof mergeEntrySchema>> & MergeNote;
