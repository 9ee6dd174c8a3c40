// How a KPI reads, the same on every screen.
import type { Kpi, KpiReport } from './model.js';

/** `99.97 %`, `0.42 s`, `–`. */
export function valueText({
  value,
  unit,
  target,
  good,
}: Pick<Kpi, 'value' | 'unit' | 'target' | 'good'>): string {
  if (value === null) return '–';
  if (unit === 'seconds') return secondsText(value);
  // Rounded away from the good side: 99.499 % must not read as 99.5.
  const rounded = good === '>' ? Math.floor(value * 100) / 100 : Math.ceil(value * 100) / 100;
  return `${String(value === target ? target : rounded)} %`;
}

export function secondsText(seconds: number): string {
  if (seconds >= 600) return `${String(Math.ceil(seconds / 60))} min`;
  if (seconds < 0.1) return `${String(Math.round(seconds * 1000))} ms`;
  return `${seconds >= 10 ? seconds.toFixed(0) : seconds.toFixed(seconds >= 1 ? 1 : 2)} s`;
}

/** `> 99.5 %`. */
export function targetText({ good, target, unit }: Pick<Kpi, 'target' | 'unit' | 'good'>): string {
  return `${good} ${String(target)} ${unit === 'percent' ? '%' : 's'}`;
}

/** `n = 12`, for uptime `1430 min known`. */
export function countText({ id, n }: Pick<Kpi, 'id' | 'n'>): string {
  return id === 'uptime' ? `${String(n)} min known` : `n = ${String(n)}`;
}

export function verdictText({ verdict }: Pick<Kpi, 'verdict'>): string {
  return verdict === 'too_few' ? 'too few to say' : verdict;
}

/** `error budget 7.2 min, 6.9 min left; burn rate 1h 0.2, 6h 0.1`. */
export function budgetText({
  allowed_min: allowed,
  left_min: left,
  burn_1h: hour,
  burn_6h: six,
}: KpiReport['budget']): string {
  const rate = (burn: number | null) => (burn === null ? '–' : burn.toFixed(1));
  return `error budget ${allowed.toFixed(1)} min, ${left.toFixed(1)} min left; burn rate 1h ${rate(hour)}, 6h ${rate(six)}`;
}

export function missedOf({ kpis }: Pick<KpiReport, 'kpis'>): readonly Kpi[] {
  return kpis.filter(({ verdict }) => verdict === 'missed');
}
