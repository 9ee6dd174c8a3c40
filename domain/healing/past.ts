// What the brakes and the ladder need of the past, read from the journal's last day.
import { knownBodyOf, type JournalEvent } from '../journal.js';
import type { Act } from './brakes.js';
import type { ServiceRules } from './rules.js';
import { thingOf, type Action, type Anomaly, type AnomalyKind, type Level, type Subject } from './model.js';

/** Journal events at or after this many ms ago are asked for. */
export const PAST_SPAN = 7 * 24 * 3_600_000;

const HOUR = 3_600_000;

export interface OpenBefore {
  readonly incident: string;
  readonly subject: Subject;
  readonly kind: AnomalyKind;
  /** ms */
  readonly detected: number;
}

export interface PastOf {
  readonly acts: readonly Act[];
  /** Open incidents by subject and kind (`thingOf`): the oldest of each. */
  readonly open: ReadonlyMap<string, OpenBefore>;
  /** Healings of the last hour. */
  readonly healings: readonly { readonly subject: Subject; readonly level: Level; readonly at: number }[];
  /** Subjects whose incident a person ended in Temporal, and when that was last (ms). */
  readonly cancelled: ReadonlyMap<Subject, number>;
  /** The last pause that is still in force at `now`; `until` ms. */
  readonly pause: { readonly until: number; readonly by: string; readonly reason: string } | null;
}

/** `events` oldest first; `now` in ms. */
export function pastOf(events: Iterable<Pick<JournalEvent, 'type' | 'data' | 'at'>>, now: number): PastOf {
  const acts: Act[] = [];
  const healings: { subject: Subject; level: Level; at: number }[] = [];
  const open = new Map<string, OpenBefore>();
  const cancelled = new Map<Subject, number>();
  let pause: PastOf['pause'] = null;
  for (const event of events) {
    if (!event.type.startsWith('healing.')) continue;
    const body = knownBodyOf(event);
    const at = Date.parse(event.at);
    switch (body?.type) {
      case 'healing.detected':
        open.set(body.data.incident, {
          incident: body.data.incident,
          subject: body.data.subject,
          kind: body.data.kind,
          detected: at,
        });
        break;
      case 'healing.acted': {
        const { incident, request, level, action, target, disruptive, status, touched = [] } = body.data;
        const begun = { incident, request, at, level, action: action as Action, target, disruptive, touched };
        if (status === 'started') acts.push({ ...begun, ended: null });
        else endOf(acts, request, at);
        break;
      }
      case 'healing.finished': {
        const { incident, subject, level, outcome } = body.data;
        open.delete(incident);
        if (outcome === 'cancelled') cancelled.set(subject, at);
        if (outcome === 'healed' && level !== null && at > now - HOUR) healings.push({ subject, level, at });
        break;
      }
      case 'healing.paused': {
        pause = { until: Date.parse(body.data.until), by: body.data.by, reason: body.data.reason };
        break;
      }
      case 'healing.resumed':
        pause = null;
        break;
      default:
        break;
    }
  }
  if (pause !== null && pause.until <= now) pause = null;
  return { acts, open: byThing(open), healings, cancelled, pause };
}

function endOf(acts: Act[], request: string, at: number): void {
  const index = acts.findLastIndex((each) => each.request === request);
  const act = acts[index];
  if (act !== undefined) acts[index] = { ...act, ended: at };
}

/**
 * Something else than its own incident restarts `name` now, or has just done so: that it does not answer says nothing yet. An act
 * whose end was never heard of counts for as long as its command may take (`timeout` ms); then `grace` ms.
 */
export function isBeingRestarted(
  acts: readonly Act[],
  { name, timeout, grace }: Pick<ServiceRules, 'name' | 'timeout' | 'grace'>,
  now: number,
): boolean {
  return acts.some(
    ({ target, touched, at, ended }) =>
      target !== name && touched.includes(name) && now < (ended ?? at + timeout) + grace,
  );
}

/** ms that the incident of an anomaly may take to appear in the journal. */
const STARTING = 8_000;

/**
 * What is wrong and in nobody's hands: its incident ended before the monitor saw the end of it. One that a person ended rests for
 * `snooze` ms.
 */
export function unattended(
  anomalies: readonly Anomaly[],
  { open, cancelled }: Pick<PastOf, 'open' | 'cancelled'>,
  snooze: number,
  now: number,
): readonly Anomaly[] {
  return anomalies.filter(
    ({ subject, kind, detected }) =>
      !open.has(thingOf({ subject, kind })) &&
      now - detected > STARTING &&
      now - (cancelled.get(subject) ?? Number.NEGATIVE_INFINITY) > snooze,
  );
}

/** Healings of one subject, counted by level. */
export function healedBefore(past: PastOf, subject: Subject): Readonly<Partial<Record<Level, number>>> {
  const counts: Partial<Record<Level, number>> = {};
  for (const each of past.healings)
    if (each.subject === subject) counts[each.level] = (counts[each.level] ?? 0) + 1;
  return counts;
}

function byThing(open: ReadonlyMap<string, OpenBefore>): ReadonlyMap<string, OpenBefore> {
  const found = new Map<string, OpenBefore>();
  for (const each of open.values()) if (!found.has(thingOf(each))) found.set(thingOf(each), each);
  return found;
}
