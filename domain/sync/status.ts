// What `nxs sync status` tells, kept in the state directory after every cycle.
import { z } from 'zod';

/** How the last cycle ended. Everything but `ok` says what it waits for. */
export const syncStateSchema = z.enum([
  'ok',
  /** The hub cannot be reached; changes are captured here and go out later. */
  'offline',
  /** The hub does not let us in. */
  'denied',
  /** Our copy or the hub is damaged. */
  'damaged',
  /** Others published faster, again and again; the next cycle goes on. */
  'contended',
  /** The data directory is not the one that was joined. */
  'root_missing',
  /** The hub's branch does not descend from what we saw last. */
  'hub_rewound',
  /** This node never joined this hub, and something in between says that a person has to. */
  'needs_join',
  /** Deletions or shrinkage wait for a person. */
  'approval_pending',
  /** A restore brought files back; a person has to say that the others shall get them. */
  'paused',
  /** A step failed again and again; the worker's log says more. */
  'failed',
]);
export type SyncState = z.infer<typeof syncStateSchema>;

const hold = z.object({ path: z.string(), reason: z.string(), detail: z.string() });

export const pendingSchema = z.object({
  token: z.string(),
  kind: z.enum(['mass_delete', 'shrunk', 'restored']),
  /** `outgoing`: from here to the others; `incoming`: from the others to here. */
  direction: z.enum(['outgoing', 'incoming']),
  count: z.number().int().nonnegative(),
  /** A few of the paths. */
  examples: z.array(z.string()),
});
export type PendingApproval = z.infer<typeof pendingSchema>;

/** What waits, in a few words. */
export const WAITING: Readonly<Record<PendingApproval['kind'], string>> = {
  mass_delete: 'deletions',
  shrunk: 'files that shrank to almost nothing',
  restored: 'restored files',
};

export const syncStatusSchema = z.object({
  v: z.literal(1),
  state: syncStateSchema,
  /** One sentence; null when there is nothing to say. */
  detail: z.string().nullable(),
  hub: z.string(),
  /** ISO 8601, UTC: last cycle of any outcome; last one that met the hub. */
  at: z.string(),
  last_ok: z.string().nullable(),
  tip: z.string().nullable(),
  files: z.number().int().nonnegative(),
  /** Local changes that the hub does not have yet. */
  unpublished: z.number().int().nonnegative(),
  held: z.array(hold),
  pending: z.array(pendingSchema),
  /** Merges of the last day that some version lost. */
  conflicts: z.number().int().nonnegative(),
  /** Largest clock difference that was met in the last cycle, ms; null: none to speak of. */
  skew_ms: z.number().nullable(),
  /** What the last cycle did. */
  published: z.number().int().nonnegative(),
  applied: z.number().int().nonnegative(),
  /** Per node: its latest change that is known here, ISO 8601, UTC. */
  nodes: z.array(z.object({ node: z.string(), changed: z.string() })),
});
export type SyncStatus = z.infer<typeof syncStatusSchema>;
