// Whether something grows. A slope over all pairs of points (Theil and Sen): one garbage collection more or less does not move it.
import type { Problems } from '../model.js';

export interface Point {
  readonly at: number;
  readonly value: number;
}

export interface Trend {
  readonly points: number;
  /** Median of the first and of the last quarter. */
  readonly first: number;
  readonly last: number;
  readonly max: number;
  /** By which it grew over the whole time, along the slope. */
  readonly growth: number;
  /** Per hour. */
  readonly slope: number;
  /** ms between first and last point. */
  readonly span: number;
}

const HOUR = 3_600_000;
/** More pairs than this say nothing more. */
const MOST_POINTS = 240;

/** null: fewer than 8 points. */
export function trendOf(all: readonly Point[]): Trend | null {
  const points = thinned([...all].sort((a, b) => a.at - b.at));
  const [head, tail] = [points[0], points.at(-1)];
  if (points.length < 8 || head === undefined || tail === undefined) return null;
  const slopes: number[] = [];
  for (const [index, a] of points.entries())
    for (const b of points.slice(index + 1))
      if (b.at > a.at) slopes.push((b.value - a.value) / (b.at - a.at));
  const slope = median(slopes);
  const span = tail.at - head.at;
  const quarter = Math.max(2, Math.floor(points.length / 4));
  const values = points.map(({ value }) => value);
  return {
    points: points.length,
    first: median(values.slice(0, quarter)),
    last: median(values.slice(-quarter)),
    max: Math.max(...values),
    growth: slope * span,
    slope: slope * HOUR,
    span,
  };
}

function thinned(points: readonly Point[]): readonly Point[] {
  const step = Math.ceil(points.length / MOST_POINTS);
  return points.filter((_, index) => index % step === 0);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = [sorted[middle - 1] ?? sorted[middle], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}

export interface Bound {
  readonly what: string;
  /** Growth over the whole time that is no growth, in the unit of the points. */
  readonly growth: number;
  readonly max: number;
}

/** Growth counts when slope and quarters agree: a step at the end, or one at the beginning, is no trend. */
export function trendProblems(trend: Trend, { what, growth, max }: Bound): Problems {
  const evidence = `${String(trend.points)} points in ${(trend.span / 60_000).toFixed(1)} min: first ${round(trend.first)}, last ${round(trend.last)}, max ${round(trend.max)}, slope ${round(trend.slope)} an hour`;
  if (trend.max > max) return [{ what: `${what} is above ${round(max)}`, evidence }];
  const grown = Math.min(trend.growth, trend.last - trend.first);
  return grown > growth ? [{ what: `${what} grows`, evidence }] : [];
}

function round(value: number): string {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : value.toFixed(1);
}
