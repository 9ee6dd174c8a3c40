import { describe, expect, it } from 'vitest';
import { row, verdict } from '../../../bench/measure/row.js';
import { renderTable } from '../../../bench/measure/table.js';

const met = row({ what: 'fast', ours: [10], peer: [20], bar: { of: 'ratio', most: 0.6 } });
const missed = row({ what: 'slow', ours: [40], peer: [20], bar: { of: 'ratio', most: 0.6 } });
const alone = row({ what: 'start', unit: 's', ours: [5.5], bar: { of: 'ours', most: 6 } });
const absent = row({ what: 'gone', note: 'not measured: no program', bar: { of: 'ratio', most: 1 } });

describe('verdict', () => {
  it('compares the median of the ratios, or our own figure where there is no peer', () => {
    expect([met, missed, alone].map(verdict)).toEqual(['met', 'MISSED', 'met']);
  });

  it('never calls a bar met that was not measured', () => {
    expect(verdict(absent)).toBe('not measured');
  });
});

describe('renderTable', () => {
  it('shows every row, its verdict and its note below', () => {
    const text = renderTable('title', [met, missed, absent]);
    expect(text).toMatch(/^fast +10 ms +20 ms +0\.50x .* <= 0\.6x +met$/m);
    expect(text).toMatch(/^slow .* MISSED$/m);
    expect(text).toContain('[1] not measured: no program');
  });

  it('prints the same note once', () => {
    const twice = ['a', 'b'].map((what) => row({ what, ours: [1], note: 'same' }));
    expect(renderTable('title', twice).match(/\bsame$/gm)).toHaveLength(1);
  });
});
