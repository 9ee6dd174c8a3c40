// What the journal can say. KPIs, tables and timelines are projections of these events, so their shape is a contract.
import { z } from 'zod';
import { drillOutcomeSchema } from './backup/drill.js';
import { HEALING_EVENTS } from './healing/events.js';
import { UPTIME_EVENTS } from './kpi/events.js';

const count = z.number().int().nonnegative();
const sha = z.string().regex(/^[0-9a-f]{64}$/);

/** How a run ended, the same words in every event. */
const outcome = z.enum(['green', 'not_green', 'held', 'failed', 'cancelled']);

/** Files per status (`VERIFIED`, `restored`, …). Statuses of later versions are kept. */
const counts = z.record(z.string(), count);

const breakerState = z.enum(['closed', 'open', 'half_open']);

/** One destination's part in a run. */
const destinationResult = z.looseObject({
  name: z.string(),
  /** How it ended there (`proved`, `not_proved`, `not_configured`, …). */
  state: z.string(),
  commit: z.string().nullable().optional(),
});

/** One message to one channel. `kind`: what the channel is; `state`: raised, reminder, resolved or summary. */
const notification = z.looseObject({
  channel: z.string(),
  kind: z.string(),
  incident: z.string(),
  state: z.string(),
});

/**
 * The events of all capabilities. `data` is open: a newer version may say
 * more. Durations are milliseconds, sizes bytes.
 */
export const knownBody = z.discriminatedUnion('type', [
  ...HEALING_EVENTS,
  ...UPTIME_EVENTS,
  z.object({
    type: z.literal('backup.finished'),
    data: z.looseObject({
      run: z.string(),
      outcome,
      counts,
      files: count,
      bytes: count,
      destinations: z.array(destinationResult),
      duration_ms: count,
      trigger: z.string(),
    }),
  }),
  z.object({
    type: z.literal('backup.held'),
    data: z.looseObject({ run: z.string(), reason: z.string(), files: count, before: count }),
  }),
  z.object({
    type: z.literal('backup.access'),
    data: z.looseObject({ destinations: z.array(z.looseObject({ name: z.string(), state: z.string() })) }),
  }),
  z.object({
    type: z.literal('backup.tampered'),
    data: z.looseObject({
      destination: z.string(),
      kind: z.enum(['rewound', 'gone', 'recreated']),
      old_head: z.string(),
      seen_head: z.string().nullable(),
      branch: z.string(),
    }),
  }),
  z.object({
    type: z.literal('backup.verified'),
    data: z.looseObject({
      run: z.string(),
      level: z.enum(['quick', 'full', 'rolling']),
      outcome,
      counts,
      files: count,
      bytes: count,
      duration_ms: count,
    }),
  }),
  z.object({
    type: z.literal('backup.drilled'),
    data: z.looseObject({
      run: z.string(),
      destination: z.string(),
      commit: z.string().nullable(),
      outcome: drillOutcomeSchema,
      counts,
      files: count,
      bytes: count,
      duration_ms: count,
    }),
  }),
  z.object({
    type: z.literal('restore.finished'),
    data: z.looseObject({
      id: z.string(),
      destination: z.string(),
      commit: z.string().nullable(),
      target: z.string(),
      outcome,
      counts,
      bytes: count,
      duration_ms: count,
    }),
  }),
  z.object({
    type: z.literal('restore.undone'),
    data: z.looseObject({ id: z.string(), undoes: z.string(), target: z.string(), counts }),
  }),
  z.object({
    type: z.literal('sync.finished'),
    data: z.looseObject({
      cycle: z.string(),
      /** How it ended (`ok`, `offline`, `approval_pending`, …). */
      state: z.string(),
      published: count,
      applied: count,
      conflicts: count,
      held: count,
      /** Changes that wait here for the hub. */
      unpublished: count,
      tip: z.string().nullable(),
      /** From the oldest change that came in to its place in the data directory; null: nothing came in. */
      latency_ms: count.nullable(),
    }),
  }),
  z.object({
    type: z.literal('sync.answered'),
    data: z.looseObject({ token: z.string(), answer: z.enum(['approved', 'denied']), by: z.string() }),
  }),
  z.object({
    type: z.literal('provider.transition'),
    data: z.looseObject({
      provider: z.string(),
      from: breakerState,
      to: breakerState,
      reason: z.string().nullable(),
      /** End of the open time, ISO. */
      until: z.string().nullable(),
    }),
  }),
  z.object({
    type: z.literal('provider.failover'),
    data: z.looseObject({
      from: z.string(),
      to: z.string(),
      reason: z.string(),
      /** From the start of the first call that failed or stayed silent to the first good content of another provider. */
      duration_ms: count,
      lane: z.enum(['direct', 'durable']),
    }),
  }),
  z.object({
    type: z.literal('provider.switched'),
    data: z.looseObject({ to: z.string().nullable(), until: z.string().nullable(), by: z.string() }),
  }),
  z.object({
    type: z.literal('provider.reset'),
    data: z.looseObject({ provider: z.string().nullable() }),
  }),
  // Who was told, never what: texts and addresses of channels stay out.
  z.object({ type: z.literal('notify.sent'), data: notification }),
  z.object({ type: z.literal('notify.failed'), data: notification }),
  z.object({
    type: z.literal('engine.restarted'),
    data: z.looseObject({ pid: count, restarts: count, reason: z.string() }),
  }),
  z.object({
    type: z.literal('worker.restarted'),
    data: z.looseObject({ pid: count, restarts: count, reason: z.string() }),
  }),
  z.object({
    type: z.literal('config.reloaded'),
    data: z.looseObject({
      pid: count,
      /** rolled_back: the worker could not run with it. */
      outcome: z.enum(['applied', 'rolled_back']),
      /** Digests of what was and is in force, secrets hidden. */
      before: sha,
      after: sha,
      /** Keys, never values. */
      changed: z.array(z.string()),
      restart: z.array(z.string()),
    }),
  }),
  z.object({
    type: z.literal('control-plane.started'),
    data: z.looseObject({ pid: count, version: z.string(), http: z.string().nullable() }),
  }),
  z.object({
    type: z.literal('control-plane.stopped'),
    data: z.looseObject({ pid: count, reason: z.string() }),
  }),
]);

export type KnownBody = z.infer<typeof knownBody>;

/** A line of the journal. Types that this version does not know are carried, never refused. */
export const journalEvent = z.object({
  v: z.number().int().positive(),
  id: z.string().min(1).max(300),
  /** ISO 8601 with milliseconds, UTC. */
  at: z.iso.datetime({ precision: 3 }),
  node: z.string().min(1),
  type: z.string().regex(/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/),
  data: z.record(z.string(), z.unknown()),
  /** Hash of the event before this one, across days; 64 zeros for the first of all. */
  prev: sha,
  /** SHA-256 over the canonical JSON of the event without this field. */
  hash: sha,
});

export type JournalEvent = Readonly<z.infer<typeof journalEvent>>;

/**
 * An event on its way in. `id` makes it idempotent: the same id is written once, however often a step
 * is retried. `at` (ISO, UTC) is the time of writing when left out.
 */
export type NewEvent = KnownBody & { readonly id: string; readonly at?: string };

/** Longest line in bytes, newline excluded; long bodies go by reference (claim check). */
export const MAX_LINE_BYTES = 256 * 1024;

/** Form of the events that this version writes. It changes only when an old reader would misread a new event of a known type. */
export const JOURNAL_VERSION = 1;

type Body = Pick<JournalEvent, 'type' | 'data'>;

/** Brings a body of version `index + 1` into the form of the next one. Pure, and kept for as long as a journal may hold that version. */
export type Upcaster = (body: Body) => Body;

const UPCASTERS: readonly Upcaster[] = [];

/**
 * A body in the present form: old ones are brought up step by step. Null for a version to come, which is carried and counted, and
 * never guessed at: a node that goes back to an older version loses nothing.
 */
export function presentBody(
  { v = 1, type, data }: Body & { readonly v?: number },
  upcasters: readonly Upcaster[] = UPCASTERS,
): Body | null {
  if (v > upcasters.length + 1) return null;
  return upcasters.slice(v - 1).reduce((body, step) => step(body), { type, data });
}

/** The typed body of an event, or null when the type, or this form of it, is from another version. */
export function knownBodyOf(event: Body & { readonly v?: number }): KnownBody | null {
  const body = presentBody(event);
  if (body === null) return null;
  const parsed = knownBody.safeParse({ type: body.type, data: body.data });
  return parsed.success ? parsed.data : null;
}
