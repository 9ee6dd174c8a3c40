// What the journal says of self-healing. Lists, the healing log, the brakes and the KPIs are projections of these lines.
import { z } from 'zod';
import { ANOMALY_KINDS } from './model.js';

const ms = z.number().int().nonnegative();
const level = z.union([1, 2, 3, 4, 5, 6].map((each) => z.literal(each as 1 | 2 | 3 | 4 | 5 | 6)));
const kind = z.enum(ANOMALY_KINDS);
const incident = z.string();
/** Names one attempt of one incident; approvals and orders are keyed by it. */
const request = z.string();
const time = z.iso.datetime({ precision: 3 });

const skipped = z.array(z.looseObject({ level, reason: z.string() }));

/** An incident begins. */
const detected = z.object({
  type: z.literal('healing.detected'),
  data: z.looseObject({
    incident,
    subject: z.string(),
    kind,
    detail: z.string(),
    value: z.number().nullable(),
    /** When the first bad look was. */
    since: time,
    workflow: z.string(),
    /** The person who triggered it; null: the monitor saw it. */
    by: z.string().nullable(),
    paths: z.array(z.string()),
  }),
});

/** What comes next, and why not something milder. */
const decided = z.object({
  type: z.literal('healing.decided'),
  data: z.looseObject({
    incident,
    request,
    level,
    action: z.string(),
    target: z.string(),
    permission: z.enum(['auto', 'notify', 'approve']),
    plan_hash: z.string(),
    /** Redacted. */
    commands: z.array(z.string()),
    downtime: z.string(),
    data_loss: z.string(),
    skipped,
  }),
});

const braked = z.object({
  type: z.literal('healing.braked'),
  data: z.looseObject({ incident, until: time, reason: z.string() }),
});

const asked = z.object({
  type: z.literal('healing.asked'),
  data: z.looseObject({
    incident,
    request,
    level,
    plan_hash: z.string(),
    opened: time,
    expires: time,
    quorum: z.number().int().positive(),
  }),
});

/** What a person said, and whether it counted. */
const answered = z.object({
  type: z.literal('healing.answered'),
  data: z.looseObject({
    incident,
    request: request.nullable(),
    verdict: z.enum(['approve', 'deny', 'expired', 'withdrawn']),
    by: z.string(),
    reason: z.string(),
    verified: z.boolean(),
    accepted: z.boolean(),
    sentence: z.string(),
  }),
});

/** The source document's log record: `timestamp` is the event's `at`. */
const acted = z.object({
  type: z.literal('healing.acted'),
  data: z.looseObject({
    incident,
    request,
    level,
    action: z.string(),
    target: z.string(),
    disruptive: z.boolean(),
    /** Services and extensions that its commands are about; records before 0.2 lack it. */
    touched: z.array(z.string()).optional(),
    status: z.enum(['started', 'completed', 'failed', 'unknown']),
    /** Redacted; what was done, or what a failing command said last. */
    detail: z.string(),
    duration_ms: ms,
  }),
});

const verified = z.object({
  type: z.literal('healing.verified'),
  data: z.looseObject({ incident, request, healed: z.boolean(), detail: z.string(), duration_ms: ms }),
});

/** Nothing is left to do for us; the incident stays open until the metric is well. */
const stuck = z.object({
  type: z.literal('healing.stuck'),
  data: z.looseObject({ incident, reason: z.string(), skipped }),
});

const finished = z.object({
  type: z.literal('healing.finished'),
  data: z.looseObject({
    incident,
    subject: z.string(),
    kind,
    /** `healed`: by us, and verified; `cleared`: it went away. */
    outcome: z.enum(['healed', 'cleared', 'cancelled']),
    level: level.nullable(),
    summary: z.string(),
    /** From the first bad look to the detection, to the decision, to the end of the act, to the end of the verification. */
    detect_ms: ms,
    decide_ms: ms.nullable(),
    act_ms: ms.nullable(),
    verify_ms: ms.nullable(),
    total_ms: ms,
  }),
});

const paused = z.object({
  type: z.literal('healing.paused'),
  data: z.looseObject({ until: time, by: z.string(), reason: z.string() }),
});

const resumed = z.object({
  type: z.literal('healing.resumed'),
  data: z.looseObject({ by: z.string() }),
});

/** A person, or a drill, says whether the alarm was right. The last word counts. */
const labelled = z.object({
  type: z.literal('healing.labelled'),
  data: z.looseObject({
    incident,
    label: z.enum(['true_positive', 'false_positive']),
    by: z.string(),
    reason: z.string(),
  }),
});

/** A subject that nobody could see for minutes; and the end of it. */
const blind = z.object({
  type: z.literal('healing.blind'),
  data: z.looseObject({ subject: z.string(), detail: z.string(), over: z.boolean() }),
});

export const HEALING_EVENTS = [
  detected,
  decided,
  braked,
  asked,
  answered,
  acted,
  verified,
  stuck,
  finished,
  paused,
  resumed,
  labelled,
  blind,
] as const;
