// A report as one page that needs nothing else: no script, no font, no picture, light and dark by the reader's own setting.
import { countText, targetText, valueText, verdictText } from '../../domain/kpi/words.js';
import type { DrillReport, ScenarioReport } from './model.js';
import { STYLE } from './style.js';
import { lastLine } from './verdict.js';
import { DELAYS, delaysText, factsOf, proofText, TIMES_NOTE } from './words.js';

export function htmlOf(report: DrillReport): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>NXS drill: ${escaped(report.verdict)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>NXS drill</h1>
<p class="sum ${classOf(report.verdict)}">${escaped(lastLine(report))}</p>
<dl>
${factsOf(report)
  .map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`)
  .join('\n')}
</dl>
<h2>Scenarios</h2>
${table(
  ['Group', 'Scenario', 'Verdict', ...DELAYS.map(({ title }) => title)],
  report.scenarios.map((each) => ({
    mark: each.verdict,
    cells: [each.group, each.name, each.verdict, ...delaysText(each)],
  })),
  2,
)}
<p class="note">${escaped(TIMES_NOTE)}</p>
${report.scenarios.map(section).join('\n')}
<h2>KPIs</h2>
${table(
  ['KPI', 'Target', 'Value', 'Measured', 'Verdict'],
  report.kpis.map((kpi) => ({
    mark: kpi.verdict,
    cells: [kpi.name, targetText(kpi), valueText(kpi), countText(kpi), verdictText(kpi)],
  })),
  4,
)}
<dl>
${report.kpis
  .map(({ name, definition }) => `<dt>${escaped(name)}</dt><dd>${escaped(definition)}</dd>`)
  .join('\n')}
</dl>
${report.notes.map((note) => `<p class="note">${escaped(note)}</p>`).join('\n')}
</main>
</body>
</html>
`;
}

function section(scenario: ScenarioReport): string {
  const { group, name, verdict, hypothesis, detail, duration_ms: duration } = scenario;
  const open = verdict === 'PASS' ? '' : ' open';
  return `<details${open}>
<summary><span class="${classOf(verdict)}">${escaped(verdict)}</span> ${escaped(group)} / ${escaped(name)}</summary>
<dl>
<dt>hypothesis</dt><dd>${escaped(hypothesis)}</dd>
<dt>proof of the fault</dt><dd>${escaped(proofText(scenario))}</dd>
<dt>seen</dt><dd>${escaped(detail)}</dd>
<dt>took</dt><dd>${(duration / 1000).toFixed(1)} s</dd>
</dl>
</details>`;
}

interface Row {
  readonly mark: string;
  readonly cells: readonly string[];
}

/** `marked`: the column that is coloured. */
function table(head: readonly string[], rows: readonly Row[], marked: number): string {
  const cell = (text: string, index: number, mark: string) =>
    `<td${index === marked ? ` class="${classOf(mark)}"` : ''}>${escaped(text)}</td>`;
  const body = rows.map(
    ({ mark, cells }) => `<tr>${cells.map((each, index) => cell(each, index, mark)).join('')}</tr>`,
  );
  return `<div class="wide" role="region" tabindex="0" aria-label="${escaped(head[0] ?? '')} table"><table>
<thead><tr>${head.map((each) => `<th scope="col">${escaped(each)}</th>`).join('')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table></div>`;
}

function classOf(mark: string): string {
  if (mark === 'PASS' || mark === 'met') return 'good';
  return mark === 'FAIL' || mark === 'missed' ? 'bad' : 'open';
}

/** Text that is nothing but text, also inside of quotes. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
