// The record of a run: what `nxs backup status --json` prints and the journal, the dashboard and the KPIs project.
// It is small (counts, no contents); the entries themselves lie in a file beside it.
import { z } from 'zod';
import { fileChecksSchema } from './checks.js';
import { isProved, type EntryResult, type EntryStatus } from './entry.js';
import { tamperSchema } from './trail.js';

const STATUSES = [
  'VERIFIED',
  'HEALED',
  'MISSING',
  'MISMATCH',
  'UNREADABLE',
  'CHANGED',
  'REFUSED',
  'UNVERIFIED',
] as const satisfies readonly EntryStatus[];

/** How many entries ended in each status; statuses that nobody has are left out. */
export const countsSchema = z.partialRecord(z.enum(STATUSES), z.number().int().positive());
export type Counts = z.infer<typeof countsSchema>;

/**
 * proved: every entry read back right; not_proved: some entry is not; tampered: its branch was set back by somebody, the
 * backup lies proved or not on another one; not_configured: a secret is unset;
 * failed: the destination could not be used at all; skipped: the run was held before it got there.
 */
const destinationStateSchema = z.enum([
  'proved',
  'not_proved',
  'tampered',
  'not_configured',
  'failed',
  'skipped',
]);

export const destinationRecordSchema = z.object({
  name: z.string(),
  kind: z.string(),
  location: z.string(),
  state: destinationStateSchema,
  /** Commit that holds this run's tree; null when none was made. */
  commit: z.string().nullable(),
  /** True when the tree was already there and no commit was needed. */
  unchanged: z.boolean(),
  /** Files whose content was new to the destination. */
  uploaded: z.number().int().nonnegative(),
  /** Blobs and bytes read back and hashed in this run. */
  read: z.object({ files: z.number().int().nonnegative(), bytes: z.number().int().nonnegative() }),
  counts: countsSchema,
  /** Destination and data share a disk: it survives a mistake, not a dead disk. Null: unknown. */
  same_disk: z.boolean().nullable(),
  /** One sentence when something is to be said (healing, a failure). */
  note: z.string().nullable(),
  /** Code of the error table for a destination that failed. */
  code: z.string().nullable().default(null),
  /** The checks of every backup; null: it was not verified. */
  checks: fileChecksSchema.nullable().default(null),
  tamper: tamperSchema.nullable().default(null),
});
export type DestinationRecord = z.infer<typeof destinationRecordSchema>;

export const outcomeSchema = z.enum(['green', 'not_green', 'held', 'failed']);
/** green: every entry of every destination proved; held: waits for a person; failed: nothing could be backed up. */
export type Outcome = z.infer<typeof outcomeSchema>;

export const triggerSchema = z.enum(['schedule', 'person', 'start', 'recency', 'verification', 'agent']);
/** Who asked for the run. */
export type Trigger = z.infer<typeof triggerSchema>;

export const runRecordSchema = z.object({
  run: z.string(),
  workflow_id: z.string(),
  node: z.string(),
  trigger: triggerSchema,
  outcome: outcomeSchema,
  /** ISO 8601, UTC. */
  started: z.string(),
  finished: z.string(),
  data_dir: z.string(),
  files: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  /** Entries that never left this machine (unreadable, changing, refused). */
  problems: z.number().int().nonnegative(),
  summary: z.string(),
  /** Why it is held, with the token that lets exactly this run pass; null otherwise. */
  held: z
    .object({
      before: z.number().int(),
      missing: z.number().int(),
      token: z.string(),
      examples: z.array(z.string()),
    })
    .nullable(),
  destinations: z.array(destinationRecordSchema),
});
export type RunRecord = z.infer<typeof runRecordSchema>;

/** Counts by status, in the order of the union. */
export function countStatuses(entries: Iterable<Pick<EntryResult, 'status'>>): Counts {
  const counts: Counts = {};
  for (const { status } of entries) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** True when every counted entry is proved. An empty count is not a proof of anything. */
export function allProved(counts: Counts): boolean {
  return STATUSES.every((status) => isProved(status) || counts[status] === undefined);
}

/** The sum of two counts. */
export function addCounts(a: Counts, b: Counts): Counts {
  const sum: Counts = {};
  for (const status of STATUSES) {
    const total = (a[status] ?? 0) + (b[status] ?? 0);
    if (total > 0) sum[status] = total;
  }
  return sum;
}

/** The outcome of a run from its destinations; a run without any destination that was tried has failed. */
export function outcomeOf(destinations: readonly Pick<DestinationRecord, 'state'>[]): Outcome {
  if (destinations.length > 0 && destinations.every(({ state }) => state === 'proved')) return 'green';
  const tried = destinations.some(
    ({ state }) => state === 'proved' || state === 'not_proved' || state === 'tampered',
  );
  return tried ? 'not_green' : 'failed';
}

/** "42 files to local: 42 verified, 3 new"; with several destinations one clause each. */
export function summarize(files: number, destinations: readonly DestinationRecord[]): string {
  const clauses = destinations.map((destination) => `${destination.name}: ${clause(destination)}`);
  return `backup of ${plural(files, 'file')} to ${clauses.length === 0 ? 'nowhere' : clauses.join('; ')}`;
}

function clause(destination: DestinationRecord): string {
  if (destination.state === 'not_configured') return 'not configured';
  if (destination.state === 'failed') return `failed (${destination.note ?? 'no reason given'})`;
  if (destination.state === 'skipped') return 'not tried';
  const parts = [
    ...(destination.state === 'tampered' ? ['TAMPERED'] : []),
    describeCounts(destination.counts),
  ];
  if (destination.uploaded > 0) parts.push(`${destination.uploaded} new`);
  else if (destination.unchanged) parts.push('nothing new');
  return parts.filter((part) => part !== '').join(', ');
}

/** "41 verified, 1 unreadable". */
export function describeCounts(counts: Counts): string {
  return STATUSES.flatMap((status) => {
    const count = counts[status];
    return count === undefined ? [] : [`${count} ${status.toLowerCase()}`];
  }).join(', ');
}

/** "1 file", "42 files". */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
