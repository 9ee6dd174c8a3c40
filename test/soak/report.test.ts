import { describe, expect, it } from 'vitest';
import { openCourt } from '../../soak/court.js';
import { INVARIANTS, type Struck, type Violation } from '../../soak/model.js';
import { readOptions } from '../../soak/options.js';
import type { SoakReport } from '../../soak/report/model.js';
import { lastLine, markdownOf } from '../../soak/report/markdown.js';
import { faultRows, historyRows, invariantRows, mergedRuns, spreadOf } from '../../soak/report/summary.js';
import { awayOf, faultsAt, providerOutages } from '../../soak/watch/scene.js';

const T = 1_000_000;

function struck(change: Partial<Struck>): Struck {
  return {
    ...{ id: 1, kind: 'worker-killed', target: 'home', at: 0, lasts: 0, pick: 0 },
    ...{ began: T, lifting: T, lifted: T, recovered: T + 4_000, note: 'process 1' },
    ...change,
  };
}

const violation: Violation = {
  invariant: 'content',
  at: T,
  what: 'x is <lost>',
  evidence: 'nowhere | at all',
  faults: ['hub-away home'],
};

const report: SoakReport = {
  ...{ version: 1, verdict: 'FAIL', seed: 7, minutes: 2, only: [], duration_ms: 180_000 },
  started: '2026-11-23T10:00:00.000Z',
  machine: {
    ...{ cpu: 'A CPU', cores: 2, memory_bytes: 2 ** 33, system: 'Linux' },
    ...{ node: 'v20', nxs: '0.1.0', temporal: '1.9.1' },
  },
  invariants: invariantRows(new Map([['content', 12]]), [violation]),
  violations: [{ ...violation, offset_ms: 60_000 }],
  faults: faultRows([struck({})], [struck({})]),
  ...{ resources: [], histories: [], state: { home: { logs: 1200 } }, load: { calls: 3 }, plan: [] },
};

describe('the report', () => {
  it('names every invariant with its checks and violations', () => {
    expect(report.invariants.map(({ id }) => id)).toEqual(Object.keys(INVARIANTS));
    expect(report.invariants.find(({ id }) => id === 'content')).toMatchObject({ checks: 12, violations: 1 });
  });

  it('says in Markdown what was wrong, when, and which faults were in force; nothing in it is markup', () => {
    const text = markdownOf(report);
    expect(text).toContain('npm run soak -- --minutes 2 --seed 7');
    expect(text).toContain('x is &lt;lost&gt;');
    expect(text).toContain('nowhere \\| at all');
    expect(text).toContain('faults in force: hub-away home');
    expect(text).toContain('1.0 min after');
    expect(lastLine(report)).toBe('FAIL: 2 min, 1 faults, 12 checks, 1 violations');
  });

  it('leaves faults that were not carried out out of the counts', () => {
    const rows = faultRows(
      [struck({}), struck({ id: 2 })],
      [struck({}), struck({ note: 'not carried out' })],
    );
    expect(rows).toEqual([
      {
        kind: 'worker-killed',
        planned: 2,
        carried_out: 1,
        recovery: { n: 1, p50: 4_000, p95: 4_000, max: 4_000 },
      },
    ]);
  });

  it('gives nearest ranks', () => {
    expect(spreadOf([])).toBeNull();
    expect(spreadOf([5, 1, 3, 2, 4])).toEqual({ n: 5, p50: 3, p95: 5, max: 5 });
  });

  it('sums up workflows by type', () => {
    const seen = { node: 'home', id: 'w', type: 't', began: T, taskAttempt: null, activities: [] };
    expect(
      historyRows([
        { ...seen, status: 'COMPLETED', events: 5, bytes: 10 },
        { ...seen, status: 'FAILED', events: 9, bytes: 4 },
      ]),
    ).toEqual([{ type: 't', runs: 2, statuses: { COMPLETED: 1, FAILED: 1 }, events: 9, bytes: 10 }]);
  });
});

it('takes the largest size of a run, seen or listed', () => {
  const run = { node: 'home', id: 'w', type: 't', began: T, taskAttempt: null, activities: [] };
  const listed = { ...run, status: 'RUNNING', events: 0, bytes: 0 };
  const watched = [5, 90, 40].map((events) => ({ ...listed, events, bytes: events * 10 }));
  expect(mergedRuns([listed], watched)).toEqual([{ ...listed, events: 90, bytes: 900 }]);
  expect(mergedRuns([{ ...listed, events: 100, bytes: 5 }], watched)).toMatchObject([{ events: 100 }]);
  expect(mergedRuns([{ ...listed, began: T + 1 }], watched)).toMatchObject([{ events: 0 }]);
});

describe('the court', () => {
  it('counts checks, keeps each problem once, and names the faults in force at its time', () => {
    const told: Violation[] = [];
    const court = openCourt(
      (time) => (time === T ? ['hub-away home'] : []),
      (each) => told.push(each),
    );
    const problem = { what: 'w', evidence: 'e' };
    court.check('content', []);
    court.check('content', [problem], T);
    court.check('content', [problem], T + 1);
    expect(court.checks().get('content')).toBe(3);
    expect(court.violations()).toEqual([
      { invariant: 'content', at: T, ...problem, faults: ['hub-away home'] },
    ]);
    expect(told).toHaveLength(1);
  });
});

describe('what was in force', () => {
  it('is known by time', () => {
    const all = [struck({}), struck({ kind: 'hub-away', note: 'not carried out' })];
    expect(faultsAt(all, T + 1)).toEqual(['worker-killed home']);
    expect(faultsAt(all, T - 1)).toEqual([]);
    expect(faultsAt(all, T + 60_000)).toEqual([]);
    expect(faultsAt([struck({ lifted: null, recovered: null })], T + 600_000)).toEqual([
      'worker-killed home',
    ]);
  });

  it('takes the front away only with its supervisor, and the durable lane only with what lasts', () => {
    const killed = struck({ kind: 'supervisor-killed' });
    expect(awayOf([killed], 'home', 'direct')).toEqual([{ from: T, to: T + 4_000 }]);
    expect(awayOf([killed], 'cloud', 'direct')).toEqual([]);
    expect(awayOf([struck({})], 'home', 'direct')).toEqual([]);
    expect(awayOf([struck({})], 'home', 'durable')).toEqual([]);
    expect(awayOf([struck({ recovered: T + 40_000 })], 'home', 'durable')).toHaveLength(1);
    expect(awayOf([struck({ recovered: null })], 'home', 'durable')).toEqual([{ from: T, to: null }]);
  });

  it('has the outages of each provider', () => {
    const outages = providerOutages([struck({ kind: 'provider-hang', target: 'beta', lifted: null })]);
    expect(outages.get('beta')).toEqual([{ from: T, to: null }]);
    expect(outages.get('alpha')).toEqual([]);
  });
});

describe('the command line', () => {
  const read = (...args: string[]) => readOptions(args, () => 5);

  it('takes minutes, a seed, a choice and reports', async () => {
    expect(await read('--minutes', '30', '--seed', '9', '--only', 'hub,services')).toMatchObject({
      ...{ minutes: 30, seed: 9, only: ['hub', 'services'], reports: [], plan: false },
    });
    expect(await read()).toMatchObject({ minutes: 5, seed: 5 });
  });

  it.each([
    [['--minutes', '0'], /above 0/],
    [['--minutes', 'x'], /above 0/],
    [['--seed', '1.5'], /whole number/],
    [['--report', 'x.html'], /neither/],
    [['--colour'], /colour/],
  ])('refuses %j with a sentence', async (args, sentence) => {
    expect(await read(...args)).toMatch(sentence);
  });
});
