import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atLeast, atMost, spreadOf } from '../../../domain/kpi/statistics.js';
import { openKpis } from '../../../domain/kpi/projection.js';
import { sumOf } from '../../../domain/kpi/uptime.js';
import { backup, failover, incident, measured, reportOf, window, type Line } from './support.js';

const minute = fc.integer({ min: 0, max: 1_000 });

const someLine = fc.oneof(
  fc.tuple(minute, fc.double({ min: 0, max: 20, noNaN: true })).map(([m, s]) => failover(m, Math.round(s))),
  fc.tuple(minute, fc.constantFrom('green', 'failed', 'held', 'cancelled')).map(([m, o]) => backup(m, o)),
);
const someIncident = fc
  .tuple(
    fc.uuid(),
    minute,
    fc.constantFrom('healed', 'cleared', 'cancelled'),
    fc.boolean(),
    fc.boolean(),
    fc.integer({ min: 0, max: 30 }),
  )
  .map(([id, m, outcome, asked, acted, length]): Line[] => {
    const i = incident(id, m);
    return [
      i.detected(),
      i.decided(m),
      ...(asked ? [i.asked(m), i.answered(m + length / 2, 'approve')] : []),
      ...(acted ? [i.acted(m + length / 2)] : []),
      i.finished(m + length, outcome),
    ];
  });
const journal = fc
  .tuple(fc.array(someLine, { maxLength: 30 }), fc.array(someIncident, { maxLength: 10 }))
  .map(([lines, incidents]) => [...lines, ...incidents.flat()]);

describe('the projection', () => {
  it('does not depend on the order of events', () => {
    fc.assert(
      fc.property(journal, fc.infiniteStream(fc.nat()), (lines, keys) => {
        const order = lines.map((each) => [keys.next().value as number, each] as const);
        const shuffled = order.sort(([a], [b]) => a - b).map(([, each]) => each);
        expect(reportOf(shuffled, window(100, 900))).toEqual(reportOf(lines, window(100, 900)));
      }),
    );
  });

  it('counts each measurement in exactly one of two windows that follow each other', () => {
    fc.assert(
      fc.property(journal, fc.integer({ min: 1, max: 1_999 }), (lines, cut) => {
        const n = (from: number, to: number) =>
          reportOf(lines, window(from, to))
            .kpis.filter(({ id }) => ['failover_time', 'backup_success', 'false_positive_rate'].includes(id))
            .map((kpi) => kpi.n);
        const [left, right, all] = [n(0, cut), n(cut, 2_000), n(0, 2_000)];
        expect(left.map((each, index) => each + (right[index] ?? 0))).toEqual(all);
      }),
    );
  });

  it('keeps nodes with the same incident id apart', () => {
    const i = incident('same', 1);
    const lines = [i.detected(), i.decided(1), i.acted(1), i.finished(2, 'healed')];
    const kpis = openKpis();
    for (const node of ['home', 'cloud']) for (const each of lines) kpis.add({ ...each, node });
    expect(kpis.report(window(0, 60)).kpis.find(({ id }) => id === 'false_positive_rate')?.n).toBe(2);
  });
});

describe('uptime', () => {
  const stretch = fc
    .tuple(
      fc.integer({ min: 0, max: 500 }),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 60 })), {
        minLength: 1,
        maxLength: 20,
      }),
    )
    .map(([start, parts]) => {
      let from = start;
      return parts.map(([length, up]) => {
        const good = Math.min(length, up);
        const each = { from, to: from + length, up: good, down: length - good, unknown: 0 };
        from += length;
        return each;
      });
    });

  it('adds up: the parts of a window make the window', () => {
    fc.assert(
      fc.property(
        stretch,
        fc.integer({ min: 1, max: 1_999 }),
        fc.integer({ min: 0, max: 1_000 }),
        (all, cut, pause) => {
          const pauses = [{ from: pause, to: pause + 100 }];
          const [left, right, whole] = [
            [0, cut],
            [cut, 2_000],
            [0, 2_000],
          ].map(([from = 0, to = 0]) => sumOf(all, pauses, { from, to }));
          for (const key of ['up', 'down', 'maintenance'] as const)
            expect((left?.[key] ?? 0) + (right?.[key] ?? 0)).toBeCloseTo(whole?.[key] ?? -1, 6);
        },
      ),
    );
  });

  it('has a strip whose parts have the same mean as the whole, where all of it is known', () => {
    const kpis = openKpis();
    for (let n = 0; n < 24; n += 1) kpis.add(measured(n * 60, n * 60 + 60, 60 - n, n));
    const strip = kpis.strip(window(0, 24 * 60), 24);
    expect(strip.map((share) => Math.round((share ?? -1) * 60))).toEqual(
      Array.from({ length: 24 }, (_, n) => 60 - n),
    );
    expect(kpis.strip(window(-60, 0), 1)).toEqual([null]);
  });
});

describe('statistics', () => {
  it('take the nearest rank, which is one of the values', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), (values) => {
        const spread = spreadOf(values);
        const below = values.filter((each) => each <= (spread?.p95 ?? -1)).length;
        expect(values).toContain(spread?.p95);
        expect(below).toBeGreaterThanOrEqual(0.95 * values.length);
        expect(spread?.max).toBe(Math.max(...values));
      }),
    );
    expect(spreadOf([])).toBeNull();
  });

  it('know the binomial distribution (values of a printed table, n = 10, p = 0.3)', () => {
    expect(atMost(0, 10, 0.3)).toBeCloseTo(0.0282, 4);
    expect(atMost(3, 10, 0.3)).toBeCloseTo(0.6496, 4);
    expect(atLeast(4, 10, 0.3)).toBeCloseTo(0.3504, 4);
    expect(atLeast(0, 10, 0.3)).toBe(1);
  });
});
