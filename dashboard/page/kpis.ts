// The six KPIs in one row, with what is left of the error budget.
import {
  budgetText,
  countText,
  secondsText,
  targetText,
  valueText,
  verdictText,
} from '../../domain/kpi/words.js';
import type { Kpi } from '../../domain/kpi/model.js';
import { html, type SafeHtml } from '../html.js';
import type { Light, PageModel } from '../model.js';
import { bars, barsText, light, section, table } from './parts.js';

export function kpisSection({ kpi, uptime }: PageModel): SafeHtml {
  const cards = kpi.kpis.map((each) => card(each, each.id === 'uptime' ? uptime : null));
  const all = table(
    'The six KPIs with their targets',
    [
      'KPI',
      'Value',
      'p50',
      'p95',
      'Max',
      'Target',
      'Measured',
      'Verdict',
      'Not counted',
      'How it is measured',
    ],
    kpi.kpis.map((each) => ({ key: each.id, cells: rowOf(each) })),
    'nothing is measured',
  );
  return section(
    'kpis',
    'Key figures',
    html`<ul class="cards">
        ${cards}
      </ul>
      <p class="soft">${budgetText(kpi.budget)}</p>
      <details data-key="kpi-table">
        <summary>All numbers, and how they are measured</summary>
        ${all} ${strip(uptime)}
      </details>`,
  );
}

function card(kpi: Kpi, shares: readonly (number | null)[] | null): SafeHtml {
  return html`<li data-key="${kpi.id}" class="card">
    <h3>${kpi.name}</h3>
    <p class="value">${valueText(kpi)}</p>
    <p>${light(lightOf(kpi), verdictText(kpi))}</p>
    <p class="soft">${targetText(kpi)}, ${countText(kpi)}</p>
    ${shares === null ? null : bars(shares, `Uptime in 24 parts of the window: ${barsText(shares)}`)}
  </li>`;
}

function rowOf(kpi: Kpi): readonly (SafeHtml | string)[] {
  const { spread } = kpi;
  const times = spread === null ? ['–', '–', '–'] : [spread.p50, spread.p95, spread.max].map(secondsText);
  return [
    ...[kpi.name, valueText(kpi), ...times, targetText(kpi), countText(kpi)],
    ...[light(lightOf(kpi), verdictText(kpi)), kpi.unknown ?? '–', kpi.definition],
  ];
}

/** The table beside the chart. */
function strip(shares: readonly (number | null)[]): SafeHtml {
  const rows = shares.map((share, index) => ({
    key: String(index),
    cells: [
      String(index + 1),
      share === null ? 'not known' : `${(Math.floor(share * 10_000) / 100).toString()} %`,
    ],
  }));
  return table('Uptime in 24 parts of the window, oldest first', ['Part', 'Up'], rows, 'nothing is known');
}

function lightOf({ verdict }: Kpi): Light {
  return verdict === 'met' ? 'good' : verdict === 'missed' ? 'bad' : 'unknown';
}
