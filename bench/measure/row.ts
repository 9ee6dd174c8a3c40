import { ratios, spread, type Spread } from './statistics.js';

/** One line of a result. Times in ms, memory in MB, CPU in percent of one core. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly ours: Spread | null;
  readonly peer: Spread | null;
  /** Median over the pairs of one round. */
  readonly ratio: Spread | null;
  readonly bar: Bar | null;
  /** Why something was not measured, or what the figure is. */
  readonly note: string | null;
}

/** The most that the ratio, or where there is no peer our median, may be. */
export interface Bar {
  readonly of: 'ratio' | 'ours';
  readonly most: number;
}

interface Sides {
  readonly what: string;
  readonly unit?: string;
  readonly ours?: readonly number[];
  readonly peer?: readonly number[];
  readonly bar?: Bar;
  readonly note?: string;
}

/** A row out of what was measured; one value a round on each side. */
export function row({ what, unit = 'ms', ours = [], peer = [], bar, note }: Sides): Row {
  return {
    what,
    unit,
    ours: ours.length === 0 ? null : spread(ours),
    peer: peer.length === 0 ? null : spread(peer),
    ratio: ours.length === 0 || peer.length === 0 ? null : ratios(ours, peer),
    bar: bar ?? null,
    note: note ?? null,
  };
}

export type Verdict = 'met' | 'MISSED' | 'not measured' | '';

/** By the median; a row without a bar has no verdict. */
export function verdict({ bar, ratio, ours }: Row): Verdict {
  if (bar === null) return '';
  const value = bar.of === 'ratio' ? ratio : ours;
  if (value === null) return 'not measured';
  return value.median <= bar.most ? 'met' : 'MISSED';
}
