// Incidents as people see them: folded from the journal, so that list, log and page can never say different things, and all of it
// is there while Temporal is not.
import type { JournalEvent, KnownBody } from '../journal.js';
import { knownBodyOf } from '../journal.js';
import type { AnomalyKind, Level, Permission } from './model.js';

export type IncidentState =
  /** Being planned. */
  | 'open'
  /** A brake holds it. */
  | 'held'
  /** A person is asked. */
  | 'asking'
  | 'acting'
  | 'verifying'
  /** Nothing is left for us to do. */
  | 'stuck'
  | 'healed'
  | 'cleared'
  | 'cancelled';

/** The plan at hand. Times ISO 8601, UTC. */
export interface IncidentPlan {
  readonly request: string;
  readonly level: Level;
  readonly action: string;
  readonly target: string;
  readonly permission: Permission;
  readonly plan_hash: string;
  readonly commands: readonly string[];
  readonly downtime: string;
  readonly data_loss: string;
}

export interface IncidentLine {
  readonly at: string;
  readonly text: string;
}

export interface Incident {
  readonly id: string;
  readonly workflow: string;
  readonly subject: string;
  readonly kind: AnomalyKind;
  readonly state: IncidentState;
  /** What was seen. */
  readonly cause: string;
  readonly value: number | null;
  readonly since: string;
  readonly detected: string;
  /** Who triggered it; null: the monitor. */
  readonly by: string | null;
  readonly plan: IncidentPlan | null;
  /** Levels that were not taken, and why. */
  readonly skipped: readonly { readonly level: Level; readonly reason: string }[];
  readonly tried: readonly { readonly level: Level; readonly action: string; readonly how: string }[];
  /** Open question; null: none. */
  readonly asked: { readonly request: string; readonly expires: string; readonly quorum: number } | null;
  /** What holds it, or what is needed. */
  readonly note: string | null;
  readonly ended: string | null;
  readonly summary: string | null;
  readonly log: readonly IncidentLine[];
}

type Body<T extends KnownBody['type']> = Extract<KnownBody, { type: T }>['data'];

/** Events of the journal, oldest first; others than healing's are passed over. */
export function incidentsOf(
  events: Iterable<Pick<JournalEvent, 'type' | 'data' | 'at'>>,
): readonly Incident[] {
  const all = new Map<string, Incident>();
  for (const event of events) {
    const id = event.data['incident'];
    if (!event.type.startsWith('healing.') || typeof id !== 'string') continue;
    const body = knownBodyOf(event);
    if (body === null) continue;
    if (body.type === 'healing.detected') all.set(id, opened(body.data, event.at));
    const before = all.get(id);
    const next = before === undefined ? null : after(before, body, event.at);
    if (next !== null) all.set(id, next);
  }
  return [...all.values()];
}

export function isOpen({ ended }: Pick<Incident, 'ended'>): boolean {
  return ended === null;
}

/** Somebody has to do something about it. Memory in use is worth a line, not a person. */
export function needsPerson({ state, ended, kind }: Pick<Incident, 'state' | 'ended' | 'kind'>): boolean {
  return ended === null && (state === 'asking' || (state === 'stuck' && kind !== 'memory_warning'));
}

function opened(data: Body<'healing.detected'>, at: string): Incident {
  return {
    id: data.incident,
    workflow: data.workflow,
    subject: data.subject,
    kind: data.kind,
    state: 'open',
    cause: data.detail,
    value: data.value,
    since: data.since,
    detected: at,
    by: data.by,
    plan: null,
    skipped: [],
    tried: [],
    asked: null,
    note: null,
    ended: null,
    summary: null,
    log: [],
  };
}

function after(incident: Incident, body: KnownBody, at: string): Incident | null {
  const change = changeOf(incident, body);
  if (change === null) return null;
  const { text, ...rest } = change;
  const ended = body.type === 'healing.finished' ? at : incident.ended;
  return { ...incident, ...rest, ended, log: [...incident.log, { at, text }] };
}

type Change = Partial<Incident> & { readonly text: string };

function changeOf(incident: Incident, body: KnownBody): Change | null {
  switch (body.type) {
    case 'healing.detected':
      return { text: `detected: ${body.data.detail}` };
    case 'healing.decided':
      return decided(body.data);
    case 'healing.braked':
      return {
        state: 'held',
        note: `${body.data.reason}, until ${body.data.until}`,
        text: `held: ${body.data.reason}`,
      };
    case 'healing.asked': {
      const { request, expires, quorum, level } = body.data;
      return {
        state: 'asking',
        asked: { request, expires, quorum },
        text: `asked: level ${String(level)} needs a person's approval until ${expires}`,
      };
    }
    case 'healing.answered':
      return answered(incident, body.data);
    case 'healing.acted':
      return acted(incident, body.data);
    case 'healing.verified': {
      const { healed, detail } = body.data;
      const last = incident.tried.at(-1);
      const tried =
        healed || last?.how !== 'completed'
          ? incident.tried
          : [...incident.tried.slice(0, -1), { ...last, how: 'no effect' }];
      return { state: 'verifying', tried, text: `${healed ? 'verified' : 'no effect'}: ${detail}` };
    }
    case 'healing.stuck': {
      const { reason, skipped } = body.data;
      return {
        state: 'stuck',
        plan: null,
        asked: null,
        skipped,
        note: reason,
        text: `a person is needed: ${reason}`,
      };
    }
    case 'healing.finished': {
      const { outcome, summary } = body.data;
      return { state: outcome, asked: null, note: null, summary, text: `${outcome}: ${summary}` };
    }
    default:
      return null;
  }
}

function decided(data: Body<'healing.decided'>): Change {
  const { request, level, action, target, permission, plan_hash, commands, downtime, data_loss, skipped } =
    data;
  const why = skipped.map((each) => `level ${String(each.level)} skipped: ${each.reason}`).join('; ');
  return {
    state: 'open',
    plan: { request, level, action, target, permission, plan_hash, commands, downtime, data_loss },
    skipped,
    note: null,
    text: `decided: level ${String(level)} ${action} on ${target} (${permission})${why === '' ? '' : `; ${why}`}`,
  };
}

function answered(incident: Incident, data: Body<'healing.answered'>): Change {
  const { verdict, by, reason, accepted, sentence, verified } = data;
  const isOver = accepted && verdict !== 'approve';
  const text = `${sentence}${reason === '' ? '' : ` (${reason})`}${verified || by === '' ? '' : ' [unverified]'}`;
  if (!isOver) return { text };
  const { plan } = incident;
  const tried =
    plan === null ? incident.tried : [...incident.tried, { ...plan, how: said(verdict) }].map(brief);
  if (verdict === 'withdrawn') return { state: 'open', asked: null, tried, text };
  const who = verdict === 'deny' ? `denied by ${by}` : 'nobody answered in time';
  return { state: 'held', asked: null, tried, note: `${who}; it rests before it is asked again`, text };
}

function said(verdict: 'deny' | 'expired' | 'withdrawn' | 'approve'): string {
  return verdict === 'deny' ? 'denied' : verdict;
}

function acted(incident: Incident, data: Body<'healing.acted'>): Change {
  const { level, action, target, status, detail } = data;
  const text = `${status}: ${action} on ${target}${detail === '' ? '' : `: ${detail}`}`;
  if (status === 'started') return { state: 'acting', asked: null, text };
  return { state: 'verifying', tried: [...incident.tried, { level, action, how: status }], text };
}

function brief({ level, action, how }: { level: Level; action: string; how: string }) {
  return { level, action, how };
}
