// Uptime over a window: good seconds of the known ones, with planned maintenance left out. Stretches are cut at the window's edges in
// proportion, so that the parts of a window add up to it.
import type { ErrorBudget, Kpi } from './model.js';
import { DEFINITIONS, TARGETS } from './targets.js';

/** Times in ms since the epoch, durations in ms. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly up: number;
  readonly down: number;
  readonly unknown: number;
}

/** Half open, ms since the epoch. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

export interface UptimeSum {
  readonly up: number;
  readonly down: number;
  readonly unknown: number;
  /** Planned: counts for nothing. */
  readonly maintenance: number;
}

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Known time below this share of the window is too little to say that the target is met: an hour of a day. */
const ENOUGH = 1 / 24;

export function sumOf(
  stretches: readonly Stretch[],
  pauses: readonly Interval[],
  window: Interval,
): UptimeSum {
  const sum = { up: 0, down: 0, unknown: 0, maintenance: 0 };
  for (const stretch of stretches) {
    const length = stretch.to - stretch.from;
    const inside = overlap(stretch, window);
    if (inside <= 0 || length <= 0) continue;
    const cut = { from: Math.max(stretch.from, window.from), to: Math.min(stretch.to, window.to) };
    const paused = pauses.reduce((total, pause) => total + overlap(cut, pause), 0);
    const share = (inside - paused) / length;
    sum.up += stretch.up * share;
    sum.down += stretch.down * share;
    sum.unknown += stretch.unknown * share;
    sum.maintenance += paused;
  }
  return sum;
}

/** ms that both have in common. */
export function overlap(a: Interval, b: Interval): number {
  return Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));
}

export function uptimeKpi({ up, down, unknown, maintenance }: UptimeSum, window: Interval): Kpi {
  const known = up + down;
  const value = known === 0 ? null : (100 * up) / known;
  const length = window.to - window.from;
  const off = Math.max(0, length - known - unknown - maintenance);
  return {
    id: 'uptime',
    ...DEFINITIONS.uptime,
    ...{ unit: 'percent', good: '>', target: TARGETS.uptime },
    value,
    n: Math.floor(known / MINUTE),
    verdict: verdictOf(value, down, known, length),
    spread: null,
    unknown: told([
      ['unknown', unknown],
      ['not running', off],
      ['maintenance', maintenance],
    ]),
  };
}

// A budget that is used up is a miss however short the known time is; else a short time proves nothing.
function verdictOf(value: number | null, down: number, known: number, length: number): Kpi['verdict'] {
  if (value === null) return 'too_few';
  if (down > allowedOf(length)) return 'missed';
  if (known < length * ENOUGH) return 'too_few';
  return value > TARGETS.uptime ? 'met' : 'missed';
}

/** `sum` gives the sum of an interval that ends now. */
export function budgetOf(window: Interval, sum: (interval: Interval) => UptimeSum): ErrorBudget {
  const allowed = allowedOf(window.to - window.from);
  const burn = (span: number) => {
    const { up, down } = sum({ from: window.to - span, to: window.to });
    return up + down < span / 12 ? null : down / (up + down) / (1 - TARGETS.uptime / 100);
  };
  return {
    allowed_min: allowed / MINUTE,
    left_min: (allowed - sum(window).down) / MINUTE,
    burn_1h: burn(HOUR),
    burn_6h: burn(6 * HOUR),
  };
}

function allowedOf(length: number): number {
  return length * (1 - TARGETS.uptime / 100);
}

function told(parts: readonly (readonly [string, number])[]): string | null {
  const some = parts.filter(([, ms]) => ms >= MINUTE);
  return some.length === 0 ? null : some.map(([word, ms]) => `${minutes(ms)} ${word}`).join(', ');
}

/** `3 h 10 min`. */
export function minutes(ms: number): string {
  const all = Math.round(ms / MINUTE);
  const hours = Math.floor(all / 60);
  const rest = all % 60;
  if (hours === 0) return `${String(all)} min`;
  return rest === 0 ? `${String(hours)} h` : `${String(hours)} h ${String(rest)} min`;
}
