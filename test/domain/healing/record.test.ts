// What people read (incidents) and what the brakes read (the past) are folded from the same lines.
import { describe, expect, it } from 'vitest';
import { incidentsOf, isOpen, needsPerson } from '../../../domain/healing/incident.js';
import { healedBefore, pastOf, unattended } from '../../../domain/healing/past.js';
import { knownBody, type JournalEvent } from '../../../domain/journal.js';
import { anomalyOf } from './support/world.js';

type Line = Pick<JournalEvent, 'type' | 'data' | 'at'>;

const AT = Date.parse('2026-03-01T10:00:00.000Z');
const iso = (ms: number) => new Date(AT + ms).toISOString();

/** A line as the journal would take it: what breaks its schema is a mistake of the test. */
function line(ms: number, type: string, data: Record<string, unknown>): Line {
  expect(knownBody.safeParse({ type, data }).error).toBeUndefined();
  return { type, data, at: iso(ms) };
}

const incident = 'service-web-1';
const detected = line(0, 'healing.detected', {
  ...{ incident, subject: 'service:web', kind: 'service_down', detail: 'refuses connections', value: null },
  ...{ since: iso(-1000), workflow: `nxs/home/incident/${incident}`, by: null, paths: [] },
});
const decide = (ms: number, level: number, permission: string) =>
  line(ms, 'healing.decided', {
    ...{
      incident,
      request: `${incident}-${String(level)}`,
      level,
      action: 'restart_services',
      target: 'web',
    },
    ...{ permission, plan_hash: 'aa', commands: ['restart web'], downtime: 'some', data_loss: 'none' },
    skipped: [{ level: 3, reason: 'it does not help' }],
  });
const act = (ms: number, level: number, status: string, disruptive = true) =>
  line(ms, 'healing.acted', {
    ...{
      incident,
      request: `${incident}-${String(level)}`,
      level,
      action: 'restart_services',
      target: 'web',
    },
    ...{ disruptive, status, detail: '', duration_ms: 5 },
  });
const verify = (ms: number, level: number, healed: boolean) =>
  line(ms, 'healing.verified', {
    ...{ incident, request: `${incident}-${String(level)}`, healed, detail: 'seen', duration_ms: 5 },
  });
const ask = (ms: number) =>
  line(ms, 'healing.asked', {
    ...{ incident, request: `${incident}-5`, level: 5, plan_hash: 'aa', quorum: 1 },
    ...{ opened: iso(ms), expires: iso(ms + 60_000) },
  });
const answer = (ms: number, verdict: string, by: string, accepted = true) =>
  line(ms, 'healing.answered', {
    ...{ incident, request: `${incident}-5`, verdict, by, reason: 'because', verified: false, accepted },
    sentence: `${verdict} by ${by}.`,
  });
const finish = (ms: number, outcome: string, level: number | null = 2) =>
  line(ms, 'healing.finished', {
    ...{ incident, subject: 'service:web', kind: 'service_down', outcome, level, summary: 'over' },
    ...{ detect_ms: 1, decide_ms: 1, act_ms: 1, verify_ms: 1, total_ms: 4 },
  });

const one = (...lines: readonly Line[]) => {
  const [first] = incidentsOf([detected, ...lines]);
  if (first === undefined) throw new Error('no incident');
  return first;
};

describe('an incident', () => {
  it('goes from detected to healed, with every step on record', () => {
    const lines = [decide(1, 2, 'auto'), act(2, 2, 'started'), act(3, 2, 'completed'), verify(4, 2, true)];
    expect(lines.map((_line, n) => one(...lines.slice(0, n + 1)).state)).toEqual([
      'open',
      'acting',
      'verifying',
      'verifying',
    ]);
    const over = one(...lines, finish(5, 'healed'));
    expect(over).toMatchObject({ state: 'healed', ended: iso(5), summary: 'over' });
    expect(over.tried).toEqual([{ level: 2, action: 'restart_services', how: 'completed' }]);
    expect(over.log).toHaveLength(6);
    expect([isOpen(over), needsPerson(over)]).toEqual([false, false]);
  });

  it('that failed keeps saying so when the look afterwards is bad too', () => {
    const seen = one(decide(1, 2, 'auto'), act(2, 2, 'failed'), verify(3, 2, false));
    expect(seen.tried).toEqual([{ level: 2, action: 'restart_services', how: 'failed' }]);
    const other = one(decide(1, 2, 'auto'), act(2, 2, 'completed'), verify(3, 2, false));
    expect(other.tried).toEqual([{ level: 2, action: 'restart_services', how: 'no effect' }]);
  });

  it('asks a person, and waits no more once somebody said no', () => {
    const asking = one(decide(1, 5, 'approve'), ask(2));
    expect(asking).toMatchObject({ state: 'asking', asked: { request: `${incident}-5` } });
    expect(needsPerson(asking)).toBe(true);
    const refused = one(decide(1, 5, 'approve'), ask(2), answer(3, 'approve', 'mallory', false));
    expect(refused.state).toBe('asking');
    const denied = one(decide(1, 5, 'approve'), ask(2), answer(3, 'deny', 'ops'));
    expect(denied).toMatchObject({ state: 'held', asked: null });
    expect(denied.note).toContain('denied by ops');
    expect(one(decide(1, 5, 'approve'), ask(2), answer(3, 'expired', '')).note).toContain('nobody answered');
  });

  it('that is stuck needs a person', () => {
    const stuck = one(line(1, 'healing.stuck', { incident, reason: 'nothing is left', skipped: [] }));
    expect(stuck).toMatchObject({ state: 'stuck', note: 'nothing is left' });
    expect(needsPerson(stuck)).toBe(true);
  });

  it('without a beginning in what is left of the journal is none', () => {
    expect(incidentsOf([decide(1, 2, 'auto'), finish(2, 'healed')])).toEqual([]);
  });

  it('passes over lines that another version wrote', () => {
    const odd = { type: 'healing.dreamt', data: { incident }, at: iso(1) };
    const broken = { type: 'healing.decided', data: { incident }, at: iso(1) };
    expect(incidentsOf([detected, odd, broken])).toHaveLength(1);
  });
});

describe('the past', () => {
  const now = AT + 10_000;

  it('knows what was begun, what is open, and what helped', () => {
    const past = pastOf([detected, act(1, 2, 'started'), act(2, 2, 'completed')], now);
    expect(past.acts).toMatchObject([{ incident, level: 2, at: AT + 1, disruptive: true }]);
    expect([...past.open.keys()]).toEqual(['service:web service_down']);
    const over = pastOf([detected, act(1, 2, 'started'), finish(3, 'healed')], now);
    expect([...over.open.keys()]).toEqual([]);
    expect(healedBefore(over, 'service:web')).toEqual({ 2: 1 });
    expect(healedBefore(over, 'service:db')).toEqual({});
  });

  it('counts no healing that is older than an hour, and none that was a clearing', () => {
    expect(pastOf([detected, finish(3, 'healed')], now + 3_600_000).healings).toEqual([]);
    expect(pastOf([detected, finish(3, 'cleared', null)], now).healings).toEqual([]);
  });

  it('knows the pause that is in force', () => {
    const pause = line(1, 'healing.paused', { until: iso(60_000), by: 'ops', reason: 'update' });
    const resume = line(2, 'healing.resumed', { by: 'ops' });
    expect(pastOf([pause], now).pause).toEqual({ until: AT + 60_000, by: 'ops', reason: 'update' });
    expect(pastOf([pause], AT + 60_000).pause).toBeNull();
    expect(pastOf([pause, resume], now).pause).toBeNull();
  });

  it('leaves nothing unattended that is wrong: but what a person ended rests for a while', () => {
    const anomaly = anomalyOf('service_down', { detected: AT });
    const later = AT + 60_000;
    const who = (lines: readonly Line[], at = later) =>
      unattended([anomaly], pastOf(lines, at), 3_600_000, at).length;
    expect(who([detected])).toBe(0);
    expect(who([detected, finish(5, 'healed')])).toBe(1);
    expect(who([detected, finish(5, 'healed')], AT + 7_000)).toBe(0);
    expect(who([detected, finish(5, 'cancelled', null)])).toBe(0);
    expect(who([detected, finish(5, 'cancelled', null)], AT + 3_700_000)).toBe(1);
  });
});
