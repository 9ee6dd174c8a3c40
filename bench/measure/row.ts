import { ratios, spread, type Spread } from './statistics.js';
import { reasonOf } from './words.js';

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
  /** This stands for a part that threw, with all its rows and bars. */
  readonly failed: boolean;
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
    failed: false,
  };
}

/** A part of a suite; when it throws it is one row that says why, and the rest goes on. */
export function orFailed(what: string, work: Promise<readonly Row[]>): Promise<readonly Row[]> {
  return work.catch((error: unknown) => [
    { ...row({ what, note: `not measured: ${reasonOf(error)}` }), failed: true },
  ]);
}

export type Verdict = 'met' | 'MISSED' | 'not measured' | '';

/** By the median; a row without a bar has no verdict. */
export function verdict({ bar, ratio, ours, failed }: Row): Verdict {
  if (failed) return 'not measured';
  if (bar === null) return '';
  const value = bar.of === 'ratio' ? ratio : ours;
  if (value === null || Number.isNaN(value.median)) return 'not measured';
  return value.median <= bar.most ? 'met' : 'MISSED';
}
