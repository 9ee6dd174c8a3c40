import { describe, expect, it } from 'vitest';
import { orFailed, row } from '../../../bench/measure/row.js';
import { documentOf } from '../../../bench/session/document.js';
import type { Outcome } from '../../../bench/session/outcome.js';
import { anythingFailed, renderSummary } from '../../../bench/session/summary.js';

const most = (value: number) => ({ of: 'ours', most: value }) as const;
const backup: Outcome = {
  kind: 'measured',
  suite: 'backup',
  machine: 'here',
  rounds: 5,
  seconds: 125,
  rows: [
    row({ what: 'first', ours: [10], peer: [20], bar: { of: 'ratio', most: 0.6 } }),
    row({ what: 'for orientation', ours: [10] }),
    row({ what: 'again', ours: [30], bar: most(20) }),
    row({ what: 'CPU', ours: [Number.NaN], bar: most(1) }),
  ],
};
const page: Outcome = {
  kind: 'measured',
  suite: 'page',
  machine: 'here',
  rounds: 5,
  seconds: 30,
  rows: [row({ what: 'a look', ours: [20], bar: most(150) })],
};
const memory: Outcome = { kind: 'failed', suite: 'memory', seconds: 4, error: 'no space is left' };

describe('the summary', () => {
  it('has every bar with its suite and no row without one, and ends with the counts', () => {
    const lines = renderSummary([backup, page]).split('\n');
    expect(lines.slice(2, 6)).toEqual([
      expect.stringMatching(/^backup +first +10 ms +0\.50x .* <= 0\.6x +met$/),
      expect.stringMatching(/^backup +again +30 ms +- +<= 20 ms +MISSED$/),
      expect.stringMatching(/^backup +CPU .* not measured$/),
      expect.stringMatching(/^page +a look +20 ms +- +<= 150 ms +met$/),
    ]);
    expect(lines.at(-2)).toBe('2 min 35 s: backup 2 min 5 s, page 30 s');
    expect(lines.at(-1)).toBe('4 bars: 2 met, 1 missed, 1 not measured');
  });

  it('says which suite failed and why', () => {
    const text = renderSummary([memory, page]);
    expect(text).toContain('memory failed, its bars are not in the table: no space is left\n');
    expect(text).toMatch(/^1 bars: 1 met, 0 missed, 0 not measured$/m);
  });

  it('counts a part that failed as not measured, with its reason', async () => {
    const rows = await orFailed('approval', Promise.reject(new Error('nobody\nanswered')));
    const healing: Outcome = { ...page, suite: 'healing', rows };
    const text = renderSummary([healing]);
    expect(text).toContain('healing, approval: not measured: nobody | answered\n');
    expect(text).toMatch(/^1 bars: 0 met, 0 missed, 1 not measured$/m);
    expect(anythingFailed([healing])).toBe(true);
  });

  it('takes a missed bar for no failure', () => {
    expect(anythingFailed([backup, page])).toBe(false);
    expect(anythingFailed([page, memory])).toBe(true);
  });
});

describe('what --json writes', () => {
  it('is one suite by itself, and a list with the counts when there are several', () => {
    const { kind: _, ...one } = page;
    expect(documentOf([page], false)).toEqual(one);
    expect(documentOf([page], true)).toEqual({
      suites: [one],
      bars: { bars: 1, met: 1, missed: 0, notMeasured: 0 },
    });
  });

  it('keeps the reason of a suite that failed', () => {
    expect(documentOf([memory], false)).toEqual({ suite: 'memory', seconds: 4, error: 'no space is left' });
  });
});
