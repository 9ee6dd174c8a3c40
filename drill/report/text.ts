// A report on a terminal.
import { countText, targetText, valueText, verdictText } from '../../domain/kpi/words.js';
import type { DrillReport, ScenarioReport } from './model.js';
import { lastLine } from './verdict.js';
import { DELAYS, delaysText, factsOf, proofText } from './words.js';

export type Paint = (colour: 'good' | 'bad' | 'dim', text: string) => string;

const SCENARIO_WIDTH = 12;
const DELAY_WIDTH = 10;
const KPI_WIDTHS = [22, 10, 10, 16];

export function textOf(report: DrillReport, paint: Paint): readonly string[] {
  const names = report.scenarios.map((each) => `${each.group}/${each.name}`);
  const width = Math.max(8, ...names.map((name) => name.length)) + 2;
  return [
    ...factsOf(report).map(([name, value]) => paint('dim', `${name.padEnd(18)}${value}`)),
    '',
    row(
      ['scenario', 'verdict', ...DELAYS.map(({ title }) => title)],
      [width, SCENARIO_WIDTH + 2, ...DELAYS.map(() => DELAY_WIDTH)],
    ),
    ...report.scenarios.flatMap((each) => scenarioLines(each, width, paint)),
    '',
    row(['KPI', 'target', 'value', 'measured', 'verdict'], KPI_WIDTHS),
    ...report.kpis.map((kpi) =>
      row(
        [
          kpi.name,
          targetText(kpi),
          valueText(kpi),
          countText(kpi),
          paint(kpi.verdict === 'met' ? 'good' : kpi.verdict === 'missed' ? 'bad' : 'dim', verdictText(kpi)),
        ],
        KPI_WIDTHS,
      ),
    ),
    ...report.notes.map((note) => paint('dim', note)),
    '',
    paint(report.verdict === 'PASS' ? 'good' : report.verdict === 'FAIL' ? 'bad' : 'dim', lastLine(report)),
  ];
}

/** The line of one scenario as it ends, and in the table. */
export function scenarioLine(scenario: ScenarioReport, width: number, paint: Paint): string {
  const { group, name, verdict } = scenario;
  const colour = verdict === 'PASS' ? 'good' : verdict === 'FAIL' ? 'bad' : 'dim';
  const mark = paint(colour, verdict) + ' '.repeat(Math.max(0, SCENARIO_WIDTH + 2 - verdict.length));
  const delays = delaysText(scenario).map((each) => each.padEnd(DELAY_WIDTH));
  return `${`${group}/${name}`.padEnd(width)}${mark}${delays.join('')}`.trimEnd();
}

/** What did not pass says why. */
function scenarioLines(scenario: ScenarioReport, width: number, paint: Paint): readonly string[] {
  const line = scenarioLine(scenario, width, paint);
  if (scenario.verdict === 'PASS') return [line];
  return [line, `  ${scenario.detail}`, `  proof of the fault: ${proofText(scenario)}`];
}

function row(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join('')
    .trimEnd();
}
