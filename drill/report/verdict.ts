// The verdict over all, and the last line.
import type { Kpi } from '../../domain/kpi/model.js';
import type { Verdict } from '../scenario.js';
import type { DrillReport, ScenarioReport } from './model.js';

/** A failed scenario or a missed KPI weighs more than one that could not be judged. */
export function verdictOf(
  scenarios: readonly Pick<ScenarioReport, 'verdict'>[],
  kpis: readonly Pick<Kpi, 'verdict'>[],
): Verdict {
  const some = (verdict: Verdict) => scenarios.some((each) => each.verdict === verdict);
  if (some('FAIL') || missedIn(kpis) > 0) return 'FAIL';
  return some('INCONCLUSIVE') || scenarios.length === 0 ? 'INCONCLUSIVE' : 'PASS';
}

/** 0 passed, 1 failed, 4 inconclusive: the contract's table. */
export function exitOf({ verdict }: Pick<DrillReport, 'verdict'>): number {
  return verdict === 'PASS' ? 0 : verdict === 'FAIL' ? 1 : 4;
}

/** `PASS: 24 scenarios, 0 KPIs missed, 168 s`; with how many of them failed and were inconclusive, when some did. */
export function lastLine({ verdict, scenarios, kpis, duration_ms: duration }: DrillReport): string {
  const count = (wanted: Verdict) => scenarios.filter((each) => each.verdict === wanted).length;
  const missed = missedIn(kpis);
  const parts = [
    many(scenarios.length, 'scenario'),
    ...(count('FAIL') > 0 ? [`${count('FAIL')} failed`] : []),
    ...(count('INCONCLUSIVE') > 0 ? [`${count('INCONCLUSIVE')} inconclusive`] : []),
    `${many(missed, 'KPI')} missed`,
    `${Math.round(duration / 1000)} s`,
  ];
  return `${verdict}: ${parts.join(', ')}`;
}

function missedIn(kpis: readonly Pick<Kpi, 'verdict'>[]): number {
  return kpis.filter(({ verdict }) => verdict === 'missed').length;
}

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
