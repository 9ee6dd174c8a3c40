// The KPI table on a screen.
import type { Kpi, KpiReport } from '../domain/kpi/model.js';
import {
  budgetText,
  countText,
  secondsText,
  targetText,
  valueText,
  verdictText,
} from '../domain/kpi/words.js';
import type { Context } from './definition.js';

const WIDTHS = [22, 10, 10, 18] as const;

export function printKpis(context: Context, { kpis, budget, from, to }: KpiReport): void {
  context.out(context.paint('dim', `${from} to ${to}`));
  context.out(row(['KPI', 'value', 'target', 'measured'], 'verdict'));
  for (const kpi of kpis) {
    const cells = [kpi.name, valueText(kpi), targetText(kpi), countText(kpi)];
    context.out(row(cells, context.paint(colourOf(kpi), verdictText(kpi))));
    const { spread, unknown } = kpi;
    const more = [
      spread === null
        ? null
        : `p50 ${secondsText(spread.p50)}, p95 ${secondsText(spread.p95)}, max ${secondsText(spread.max)}`,
      unknown === null ? null : `not counted: ${unknown}`,
    ].filter((each) => each !== null);
    if (more.length > 0) context.out(context.paint('dim', `  ${more.join('; ')}`));
  }
  context.out(budgetText(budget));
}

/** All six in one or two lines of `nxs status`. */
export function printKpiLine(context: Context, { kpis }: KpiReport): void {
  const words = kpis.map((kpi) => {
    const name = kpi.name.toLowerCase();
    return context.paint(
      colourOf(kpi),
      `${name} ${valueText(kpi)}${kpi.verdict === 'missed' ? ' MISSED' : ''}`,
    );
  });
  context.out(`kpis, 24h      ${words.slice(0, 3).join('   ')}`);
  context.out(`               ${words.slice(3).join('   ')}`);
}

/** What `nxs status --json` has of them; `nxs kpi` has all. */
export function briefOfKpis({ kpis }: KpiReport): readonly object[] {
  return kpis.map(({ id, value, target, n, verdict }) => ({ id, value, target, n, verdict }));
}

function colourOf({ verdict }: Kpi): 'good' | 'bad' | 'dim' {
  return verdict === 'met' ? 'good' : verdict === 'missed' ? 'bad' : 'dim';
}

function row(cells: readonly string[], last: string): string {
  return cells.map((cell, index) => cell.padEnd(WIDTHS[index] ?? 0)).join('') + last;
}
