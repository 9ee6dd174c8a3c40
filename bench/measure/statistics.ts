// Times on a shared machine wobble. Medians and the range are shown together, and a ratio is taken pair by pair: what
// slows one side down for a second slows its neighbour down as well.

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly rounds: number;
}

/** Median, least and most. Throws RangeError when there is nothing. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const [least, middle, most] = [sorted[0], sorted[half], sorted.at(-1)];
  if (least === undefined || middle === undefined || most === undefined) {
    throw new RangeError('A spread needs at least one value.');
  }
  const median = sorted.length % 2 === 1 ? middle : ((sorted[half - 1] ?? middle) + middle) / 2;
  return { median, least, most, rounds: sorted.length };
}

/** Ours by peer's, pair by pair; both lists have the same length. */
export function ratios(ours: readonly number[], peer: readonly number[]): Spread {
  return spread(ours.map((value, index) => value / (peer[index] ?? Number.NaN)));
}
