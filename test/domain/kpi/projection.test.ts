import { describe, expect, it } from 'vitest';
import { KPI_IDS } from '../../../domain/kpi/model.js';
import {
  at,
  backup,
  failover,
  incident,
  kpiOf,
  line,
  measured,
  MINUTE,
  reportOf,
  window,
} from './support.js';

const DAY = 24 * 60;

describe('an empty journal', () => {
  it('has all six KPIs, and says of none that it is met', () => {
    const { kpis, budget } = reportOf([], window(0, DAY));
    expect(kpis.map(({ id }) => id)).toEqual(KPI_IDS);
    expect(kpis.map(({ value, verdict }) => [value, verdict])).toEqual(KPI_IDS.map(() => [null, 'too_few']));
    expect(budget).toEqual({
      allowed_min: expect.closeTo(7.2) as number,
      left_min: expect.closeTo(7.2) as number,
      burn_1h: null,
      burn_6h: null,
    });
  });
});

describe('uptime', () => {
  const uptime = (lines: Parameters<typeof reportOf>[0], to = DAY) => kpiOf('uptime', lines, window(0, to));

  it('is the share of the known time; what nobody knows is apart', () => {
    const kpi = uptime([measured(0, 600, 599, 1), measured(600, 700, 0, 0, 100)]);
    expect(kpi.value).toBeCloseTo((100 * 599) / 600);
    expect(kpi).toMatchObject({
      n: 600,
      verdict: 'met',
      unknown: '1 h 40 min unknown, 12 h 20 min not running',
    });
  });

  it('is missed when the budget of the whole window is used up, however little is known', () => {
    expect(uptime([measured(0, 10, 2, 8)]).verdict).toBe('missed');
    expect(uptime([measured(0, 10, 4, 6)]).verdict).toBe('too_few');
  });

  it('is missed at the target itself: the document says more than', () => {
    expect(uptime([measured(0, 1000, 995, 5)], 1000)).toMatchObject({ value: 99.5, verdict: 'missed' });
    expect(uptime([measured(0, 1000, 995.1, 4.9)], 1000).verdict).toBe('met');
  });

  it('leaves planned maintenance out, until somebody ends it', () => {
    const pause = line(60, 'healing.paused', {
      until: at(120),
      by: 'ops',
      reason: '',
    });
    const lines = [measured(0, 120, 60, 60), pause];
    // The second hour was down in proportion; it is left out.
    expect(uptime(lines, 120)).toMatchObject({ value: 50, n: 60 });
    const ended = [...lines, line(60, 'healing.resumed', { by: 'ops' })];
    expect(uptime(ended, 120)).toMatchObject({ n: 120 });
  });

  it('counts the stretch that is not in the journal yet', () => {
    const from = window(0, 60).from;
    const live = { from, to: from + 60 * MINUTE, up: 30 * MINUTE, down: 30 * MINUTE, unknown: 0 };
    expect(kpiOf('uptime', [], window(0, 60, { live }))).toMatchObject({ value: 50, verdict: 'missed' });
  });

  it('burns at 1 when the budget would just be used up', () => {
    const { budget } = reportOf([measured(0, DAY, DAY * 0.995, DAY * 0.005)], window(0, DAY));
    expect(budget.burn_1h).toBeCloseTo(1);
    expect(budget.burn_6h).toBeCloseTo(1);
    expect(budget.left_min).toBeCloseTo(0);
  });
});

describe('failover time', () => {
  it('is the p95 by nearest rank, of the calls in the window', () => {
    const lines = [
      ...Array.from({ length: 20 }, (_, n) => failover(n, n + 1)),
      failover(-1, 900),
      failover(60, 900),
    ];
    const kpi = kpiOf('failover_time', lines, window(0, 60));
    expect(kpi).toMatchObject({ n: 20, value: 19, spread: { p50: 10, p95: 19, max: 20 }, verdict: 'missed' });
    expect(kpiOf('failover_time', [failover(1, 4.9)], window(0, 60)).verdict).toBe('met');
    expect(kpiOf('failover_time', [failover(1, 5)], window(0, 60)).verdict).toBe('missed');
  });
});

describe('recovery time', () => {
  const recovery = (lines: Parameters<typeof reportOf>[0]) => kpiOf('recovery_time', lines, window(0, DAY));

  it('is from the first bad look to the end', () => {
    const i = incident('i', 10);
    const kpi = recovery([i.detected(10.05), i.decided(10.1), i.acted(10.1), i.finished(10.2, 'healed')]);
    expect(kpi.value).toBeCloseTo(12);
    expect(kpi).toMatchObject({ n: 1, verdict: 'met', unknown: null });
  });

  it('leaves out what a person took, and says it', () => {
    const i = incident('i', 10);
    const lines = [
      ...[i.detected(), i.decided(10.1), i.asked(10.1), i.answered(40.1, 'approve')],
      ...[i.acted(40.2), i.finished(40.3, 'healed')],
    ];
    const kpi = recovery(lines);
    expect(kpi.value).toBeCloseTo(18);
    expect(kpi).toMatchObject({ verdict: 'met', unknown: '30 min of waiting for a person' });
  });

  it('counts a rest after a denial, and the wait where nothing is left, as waiting for a person', () => {
    const i = incident('i', 0);
    const lines = [
      ...[i.detected(), i.asked(0), i.answered(5, 'deny'), i.decided(20), i.acted(20), i.stuck(20.25)],
      i.finished(90, 'cleared'),
    ];
    expect(recovery(lines).value).toBeCloseTo(15);
  });

  it('counts an open one that is late already, as it stands', () => {
    const i = incident('i', DAY - 5);
    const open = [i.detected(), i.acted(DAY - 4)];
    expect(recovery(open)).toMatchObject({ n: 1, value: 300, verdict: 'missed' });
    const fresh = incident('j', DAY - 0.1);
    expect(recovery([fresh.detected(), fresh.acted(DAY - 0.05)])).toMatchObject({ n: 0, verdict: 'too_few' });
  });

  it('leaves out what nobody acted on, what a person began, and what was cancelled', () => {
    const quiet = incident('quiet', 0);
    const hand = incident('hand', 0, 'ops');
    const cut = incident('cut', 0);
    const lines = [
      ...[quiet.detected(), quiet.finished(50, 'cleared')],
      ...[hand.detected(), hand.acted(1), hand.finished(50, 'healed')],
      ...[cut.detected(), cut.acted(1), cut.finished(50, 'cancelled')],
    ];
    expect(recovery(lines)).toMatchObject({ n: 0, value: null });
  });
});

describe('backup success', () => {
  it('is the share of green runs; cancelled ones were nobody’s failure', () => {
    const lines = [
      backup(1, 'green'),
      backup(2, 'green'),
      backup(3, 'held'),
      backup(4, 'failed'),
      backup(5, 'cancelled'),
    ];
    expect(kpiOf('backup_success', lines, window(0, 60))).toMatchObject({
      value: 50,
      n: 4,
      verdict: 'missed',
    });
    expect(kpiOf('backup_success', [backup(1, 'green')], window(0, 60))).toMatchObject({
      value: 100,
      verdict: 'met',
    });
  });

  it('counts runs that were due and never ran, while the control plane was there', () => {
    const hourly = window(0, 10 * 60, { backupEvery: 60 * MINUTE });
    const lines = [backup(1, 'green'), backup(61, 'green')];
    const there = measured(0, 10 * 60, 10 * 60, 0);
    expect(kpiOf('backup_success', [...lines, there], hourly)).toMatchObject({
      ...{ n: 9, verdict: 'missed', unknown: '7 were due and never ran' },
    });
    expect(kpiOf('backup_success', lines, hourly)).toMatchObject({ n: 2, verdict: 'met' });
    const all = Array.from({ length: 10 }, (_, n) => backup(n * 60 + (n % 3), 'green'));
    expect(kpiOf('backup_success', [...all, there], hourly)).toMatchObject({ n: 10, verdict: 'met' });
  });
});

describe('sync latency', () => {
  const cycle = (minute: number, latency_ms: number | null) =>
    line(minute, 'sync.finished', {
      ...{ cycle: `c${String(minute)}`, state: 'ok', published: 0, applied: 1, conflicts: 0, held: 0 },
      ...{ unpublished: 0, tip: null, latency_ms },
    });

  it('is of cycles that brought something, and of what waits now', () => {
    const lines = [cycle(1, 2_000), cycle(2, null), cycle(3, 4_000)];
    expect(kpiOf('sync_latency', lines, window(0, 60))).toMatchObject({ n: 2, value: 4, verdict: 'met' });
    const late = window(0, 60, { waiting: 301_000 });
    expect(kpiOf('sync_latency', lines, late)).toMatchObject({ n: 3, value: 301, verdict: 'missed' });
  });
});

describe('the false-positive rate', () => {
  const rate = (lines: Parameters<typeof reportOf>[0]) => kpiOf('false_positive_rate', lines, window(0, DAY));
  const right = (n: number) => {
    const i = incident(`right-${String(n)}`, n);
    return [i.detected(), i.decided(n), i.acted(n), i.finished(n + 1, 'healed')];
  };
  const gone = (n: number) => {
    const i = incident(`gone-${String(n)}`, n);
    return [i.detected(), i.decided(n), i.finished(n + 1, 'cleared')];
  };
  const many = (count: number, make: typeof right) => Array.from({ length: count }, (_, n) => make(n)).flat();

  it('proves less than 5 % from 59 right ones on', () => {
    expect(rate(many(58, right))).toMatchObject({ value: 0, n: 58, verdict: 'too_few' });
    expect(rate(many(59, right))).toMatchObject({ value: 0, n: 59, verdict: 'met' });
  });

  it('is missed when chance alone would hardly bring so many', () => {
    expect(rate([...many(4, right), ...many(1, gone)])).toMatchObject({ value: 20, verdict: 'too_few' });
    expect(rate([...many(3, right), ...many(2, gone)])).toMatchObject({ value: 40, verdict: 'missed' });
  });

  it('takes a label over what it would say by itself, and the last label over others', () => {
    const i = incident('right-0', 0);
    const label = [i.labelled(5, 'true_positive'), i.labelled(7, 'false_positive')];
    expect(rate([...right(0), ...label])).toMatchObject({ n: 1, value: 100 });
    expect(rate([...right(0), ...label, i.labelled(8, 'true_positive')])).toMatchObject({ n: 1, value: 0 });
  });

  it('leaves out what was never decided, and says how many those were', () => {
    const i = incident('i', 0);
    expect(rate([i.detected(), i.finished(1, 'cleared')])).toMatchObject({
      ...{ n: 0, verdict: 'too_few', unknown: '1 ended with nothing decided' },
    });
  });
});
