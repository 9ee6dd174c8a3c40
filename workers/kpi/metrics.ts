// The KPIs of the last day for Prometheus. What was not measured has no sample, so an alert cannot fire on a number that nobody knows.
import type { Kpi, KpiReport } from '../../domain/kpi/model.js';
import { metricsOf, type Metric } from '../front/metrics.js';

export function kpiMetrics({ kpis, budget }: KpiReport): string {
  const each = (name: string, help: string, value: (kpi: Kpi) => number | null): Metric => ({
    name,
    help,
    type: 'gauge',
    values: kpis.flatMap((kpi) => {
      const known = value(kpi);
      return known === null ? [] : [{ labels: { kpi: kpi.id }, value: known }];
    }),
  });
  const gauge = (name: string, help: string, values: Metric['values']): Metric => ({
    name,
    help,
    type: 'gauge',
    values,
  });
  const burns = [
    { window: '1h', value: budget.burn_1h },
    { window: '6h', value: budget.burn_6h },
  ].flatMap(({ window, value }) => (value === null ? [] : [{ labels: { window }, value }]));
  return metricsOf([
    each('nxs_kpi_value', 'KPI of the last day: percent, or p95 in seconds.', ({ value }) => value),
    each('nxs_kpi_target', 'What the KPI is measured against.', ({ target }) => target),
    each('nxs_kpi_measurements', 'Measurements in the last day; for uptime known minutes.', ({ n }) => n),
    each('nxs_kpi_missed', 'The target is missed.', ({ verdict }) => Number(verdict === 'missed')),
    gauge('nxs_error_budget_seconds', 'Downtime that is left of the day.', [{ value: budget.left_min * 60 }]),
    gauge('nxs_error_budget_burn_rate', 'Speed at which the error budget is used; 1: just used up.', burns),
  ]);
}
