import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ceilings, needed } from '../../../bench/scale/ceilings.js';
import {
  dayOf,
  RUNS,
  runsADay,
  windowOf,
  type Day,
  type Fleet,
  type RunKind,
} from '../../../bench/scale/model.js';

const RUN = { events: 30, actions: 6, rows: 20, bytes: 7000, requests: 8 };
const COST: Fleet['cost'] = {
  runs: Object.fromEntries(RUNS.map((kind) => [kind, RUN])) as Record<RunKind, typeof RUN>,
  beats: 0.5,
  background: 0.2,
  polls: { workflow: 2, activity: 2 },
  github: { unchanged: 1, changed: 7, writes: 4, access: 2, verify: 6, drill: 7 },
};
const RHYTHM: Fleet['rhythm'] = {
  every: {
    sync: 300_000,
    backup: 3_600_000,
    'access-check': 3_600_000,
    verify: 3_600_000,
    'restore-drill': 604_800_000,
  },
  poll: 60_000,
  changes: 0,
  tries: 1,
};
const fleet = (more: Partial<Fleet> = {}): Fleet => ({
  nodes: 1,
  cost: COST,
  rhythm: RHYTHM,
  retention: 7,
  ...more,
});
const nodes = fc.integer({ min: 1, max: 100_000 });

describe('the day of a fleet', () => {
  it('is the sum of times a day and cost of one', () => {
    const runs = 288 + 3 * 24 + 1 / 7;
    const day = dayOf(fleet());
    expect(day.events).toBeCloseTo(runs * 30);
    expect(day.actions).toBeCloseTo(runs * 6 + 43_200);
    expect(day.rowsKept).toBeCloseTo(runs * 20 * 7);
    expect(day.hubReads).toBeCloseTo(288 + 1440);
    expect(day.github).toBeCloseTo(24 * (1 + 2 + 6) + 1);
  });

  it('of nodes that change nothing is as many times the day of one', () => {
    fc.assert(
      fc.property(nodes, (count) => {
        const [one, all] = [dayOf(fleet()), dayOf(fleet({ nodes: count }))];
        for (const key of Object.keys(one) as (keyof Day)[])
          expect(all[key] / count / one[key] || 1).toBeCloseTo(1);
      }),
    );
  });

  it('half the interval is twice the runs of that kind and none more of the others', () => {
    const faster = { ...RHYTHM, every: { ...RHYTHM.every, sync: RHYTHM.every.sync / 2 } };
    const [slow, fast] = [runsADay({ nodes: 1, rhythm: RHYTHM }), runsADay({ nodes: 1, rhythm: faster })];
    expect(fast).toEqual({ ...slow, sync: 2 * slow.sync });
  });

  it('the more nodes change files the more of the looks at the hub find something, up to all of them', () => {
    fc.assert(
      fc.property(nodes, fc.integer({ min: 0, max: 1000 }), (count, changes) => {
        const receive = (of: number) => runsADay({ nodes: of, rhythm: { ...RHYTHM, changes } }).receive;
        expect(receive(count)).toBeLessThanOrEqual(1440);
        expect(receive(count + 1)).toBeGreaterThanOrEqual(receive(count));
      }),
    );
    expect(runsADay({ nodes: 1, rhythm: { ...RHYTHM, changes: 50 } }).receive).toBe(0);
  });

  it('a window of a day with the runs of a day says the same', () => {
    const [day, window] = [dayOf(fleet()), windowOf(1, COST, runsADay({ nodes: 1, rhythm: RHYTHM }), 86_400)];
    for (const key of ['events', 'rows', 'actions', 'beats'] as const)
      expect(window[key]).toBeCloseTo(day[key]);
    expect(window.requests).toBeCloseTo((day.requestsPerSecond - day.polls / 60) * 86_400);
  });
});

describe('what ends first', () => {
  const asked = (count: number) => {
    const given = fleet({ nodes: count, rhythm: { ...RHYTHM, changes: 24 } });
    const hub = { read: 0.01, push: 0.02 };
    return { ...given, day: dayOf(given), serverCores: 0.005, hub, lists: 0 };
  };

  it('comes first, and what takes nothing is not named', () => {
    const all = ceilings(asked(100));
    expect(all.map(({ nodes: each }) => each)).toEqual(
      all.map(({ nodes: each }) => each).sort((a, b) => a - b),
    );
    expect(all.find(({ one }) => one.includes('lists'))).toBeUndefined();
  });

  it('ends polls at their number by those of a node', () => {
    const polls = ceilings(asked(100)).find(({ one }) => one.includes('workflow polls'));
    expect([polls?.nodes, polls && needed(polls, 1000), polls && needed(polls, 5)]).toEqual([600, 2, 1]);
  });
});
