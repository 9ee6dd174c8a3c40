import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../domain/journal.js';
import { kpisOf, labelsOf } from '../../drill/kpis.js';
import type { Played } from '../../drill/play.js';
import type { ScenarioReport } from '../../drill/report/model.js';
import { scenarioReport } from './support.js';

const FROM = Date.parse('2026-11-23T10:00:00.000Z');
const HASH = '0'.repeat(64);

function event(type: string, second: number, data: Record<string, unknown>): JournalEvent {
  const at = new Date(FROM + second * 1000).toISOString();
  return { v: 1, id: `${type}/${String(second)}`, at, node: 'home', type, data, prev: HASH, hash: HASH };
}

const detected = (incident: string, second: number) =>
  event('healing.detected', second, {
    ...{ incident, subject: 'service:x', kind: 'service_down', detail: 'x', value: null, workflow: 'w' },
    ...{ since: new Date(FROM + second * 1000).toISOString(), by: null, paths: [] },
  });

const finished = (outcome: string, second: number) =>
  event('backup.finished', second, {
    ...{ run: `r${String(second)}`, outcome, counts: {}, files: 1, bytes: 1, destinations: [] },
    ...{ duration_ms: 5, trigger: 'test' },
  });

function played(
  journal: readonly JournalEvent[],
  scenarios: readonly ScenarioReport[],
  uptime = { good: 400, asked: 400 },
): readonly Played[] {
  return [{ group: 'healing', scenarios, planes: [{ node: 'home', journal, uptime }] }];
}

const measured = (...args: Parameters<typeof played>) => kpisOf(played(...args), FROM, FROM + 600_000);
const kpiOf = (id: string, ...args: Parameters<typeof played>) =>
  measured(...args).kpis.find((kpi) => kpi.id === id);

describe('labels', () => {
  const journal = [detected('wanted', 1), detected('nobody', 2)];

  it('calls an incident right that a scenario caused, and false that none did', () => {
    const labels = labelsOf(journal, [scenarioReport({ incidents: ['wanted'] })], 'home');
    expect(labels.map(({ data }) => [data['incident'], data['label']])).toEqual([
      ['wanted', 'true_positive'],
      ['nobody', 'false_positive'],
    ]);
  });

  it('says nothing of what happened while a scenario could not be judged', () => {
    const unclear = scenarioReport({ verdict: 'INCONCLUSIVE', duration_ms: 5000 });
    expect(labelsOf([detected('inside', 2), detected('after', 9)], [unclear], 'home')).toMatchObject([
      { data: { incident: 'after', label: 'false_positive' } },
    ]);
  });
});

describe('the KPIs of a drill', () => {
  it('names an incident that nobody claims, and what it said', () => {
    const { notes } = measured([detected('nobody', 2)], [scenarioReport({})]);
    expect(notes).toEqual(['healing/home: no scenario caused nobody (x): it counts as a false positive.']);
  });

  it('counts an unclaimed incident against the false positive rate', () => {
    const end = (incident: string) =>
      event('healing.finished', 9, {
        ...{ incident, subject: 'service:x', kind: 'service_down', outcome: 'cleared', level: null },
        ...{ summary: '', detect_ms: 1, decide_ms: null, act_ms: null, verify_ms: null, total_ms: 1 },
      });
    const journal = [detected('wanted', 1), end('wanted'), detected('nobody', 2), end('nobody')];
    const kpi = kpiOf('false_positive_rate', journal, [scenarioReport({ incidents: ['wanted'] })]);
    expect(kpi).toMatchObject({ value: 50, n: 2 });
  });

  it('adds what clients saw to what the planes say of a failover', () => {
    const failover = event('provider.failover', 2, {
      ...{ from: 'a', to: 'b', reason: 'refused', duration_ms: 100, lane: 'direct' },
    });
    const kpi = kpiOf('failover_time', [failover], [scenarioReport({ failovers_ms: [7000] })]);
    expect(kpi).toMatchObject({ n: 2, value: 7, verdict: 'missed' });
  });

  it('leaves an incident out that its plane could not end, only when its scenario passed', () => {
    const acted = event('healing.acted', 2, {
      ...{ incident: 'open', request: 'open-1', level: 1, action: 'clear_caches', target: 'disk' },
      ...{ disruptive: false, status: 'completed', detail: '', duration_ms: 1 },
    });
    const journal = [detected('open', 1), acted];
    const passed = measured(journal, [scenarioReport({ incidents: ['open'] })]);
    expect(passed.kpis.find(({ id }) => id === 'recovery_time')).toMatchObject({ n: 0 });
    expect(passed.notes).toEqual([expect.stringContaining('One incident had not ended')]);
    const failed = scenarioReport({ incidents: ['open'], verdict: 'FAIL' });
    expect(kpiOf('recovery_time', journal, [failed])).toMatchObject({ n: 1, verdict: 'missed' });
    expect(kpiOf('recovery_time', journal, [])).toMatchObject({ n: 1, verdict: 'missed' });
  });

  it('leaves a backup out that could not be green while a proven fault was in force, and says so', () => {
    const fault = scenarioReport({ duration_ms: 5000 });
    const { kpis, notes } = measured([finished('not_green', 3), finished('green', 8)], [fault]);
    expect(kpis.find(({ id }) => id === 'backup_success')).toMatchObject({ n: 1, value: 100 });
    expect(notes).toEqual([expect.stringContaining('One backup run')]);
  });

  it('counts a backup that is not green outside of any fault, or without proof of one', () => {
    const runs = [finished('not_green', 8), finished('green', 9)];
    expect(kpiOf('backup_success', runs, [scenarioReport({ duration_ms: 5000 })])).toMatchObject({
      value: 50,
      verdict: 'missed',
    });
    const unproved = scenarioReport({ duration_ms: 60_000, proof: null });
    expect(kpiOf('backup_success', runs, [unproved])).toMatchObject({ value: 50 });
  });

  it('takes the uptime from the looks from outside, and says when they are too few', () => {
    expect(kpiOf('uptime', [], [], { good: 400, asked: 400 })).toMatchObject({ value: 100, verdict: 'met' });
    expect(kpiOf('uptime', [], [], { good: 390, asked: 400 })).toMatchObject({ verdict: 'missed' });
    expect(kpiOf('uptime', [], [], { good: 30, asked: 40 })).toMatchObject({ verdict: 'too_few' });
    expect(kpiOf('uptime', [], [], { good: 0, asked: 0 })).toMatchObject({ value: null, verdict: 'too_few' });
  });
});
