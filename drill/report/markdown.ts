// A report as Markdown, for an issue or a repository.
import { countText, targetText, valueText, verdictText } from '../../domain/kpi/words.js';
import type { DrillReport, ScenarioReport } from './model.js';
import { lastLine } from './verdict.js';
import { DELAYS, delaysText, factsOf, proofText, TIMES_NOTE } from './words.js';

export function markdownOf(report: DrillReport): string {
  const lines = [
    '# NXS drill',
    '',
    `**${text(lastLine(report))}**`,
    '',
    ...factsOf(report).map(([name, value]) => `- ${name}: ${text(value)}`),
    '',
    '## Scenarios',
    '',
    ...table(
      ['group', 'scenario', 'verdict', ...DELAYS.map(({ title }) => title), 'what was seen'],
      report.scenarios.map((each) => [each.group, each.name, each.verdict, ...delaysText(each), each.detail]),
    ),
    '',
    TIMES_NOTE,
    '',
    ...report.scenarios.flatMap(section),
    '## KPIs',
    '',
    ...table(
      ['KPI', 'target', 'value', 'measured', 'verdict'],
      report.kpis.map((kpi) => [kpi.name, targetText(kpi), valueText(kpi), countText(kpi), verdictText(kpi)]),
    ),
    '',
    ...report.kpis.map(({ name, definition }) => `- ${text(name)}: ${text(definition)}`),
    ...report.notes.map((note) => `- ${text(note)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function section(scenario: ScenarioReport): readonly string[] {
  const { group, name, verdict, hypothesis, detail, duration_ms: duration } = scenario;
  return [
    `### ${text(`${group} / ${name}: ${verdict}`)}`,
    '',
    `- hypothesis: ${text(hypothesis)}`,
    `- proof of the fault: ${text(proofText(scenario))}`,
    `- seen: ${text(detail)}`,
    `- took: ${(duration / 1000).toFixed(1)} s`,
    '',
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(text).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(line)];
}

/** Plain text: one line, nothing of it is markup. */
function text(value: string): string {
  return value
    .replace(/[\r\n]+/g, ' ')
    .replace(/[\\`*_[\]<>|#]/g, (char) => (char === '<' ? '&lt;' : char === '>' ? '&gt;' : `\\${char}`));
}
