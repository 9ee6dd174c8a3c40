import { row, type Row } from '../measure/row.js';

/** The value that at least 95 of 100 do not exceed (nearest rank): of ten the greatest one. */
export function p95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}

/** Times in seconds: median and range, and below it the 95th percentile; both under the same bar. */
export function timeRows(what: string, seconds: readonly number[], about: string, most?: number): Row[] {
  const bar = most === undefined ? {} : { bar: { of: 'ours', most } as const };
  const tail = seconds.length === 0 ? [] : [p95(seconds)];
  return [
    row({ what, unit: 's', ours: seconds, note: about, ...bar }),
    row({
      what: '  95th percentile',
      unit: 's',
      ours: tail,
      note: 'nearest rank: of fewer than 20 rounds the greatest one',
      ...bar,
    }),
  ];
}
