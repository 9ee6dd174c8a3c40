// What a run of several suites ends with: every bar in one table, what went wrong, and one line to be read by a script.
import { inColumns } from '../measure/columns.js';
import { verdict, type Row } from '../measure/row.js';
import { barText, ratioText, shown } from '../measure/table.js';
import { duration } from '../measure/words.js';
import type { Failed, Measured, Outcome } from './outcome.js';

const HEAD = ['suite', 'what', 'ours', 'ratio', 'bar', ''];

export interface Counts {
  readonly bars: number;
  readonly met: number;
  readonly missed: number;
  readonly notMeasured: number;
}

interface Judged {
  readonly suite: string;
  readonly row: Row;
}

export function countBars(outcomes: readonly Outcome[]): Counts {
  const verdicts = judged(outcomes).map(({ row }) => verdict(row));
  const count = (wanted: string) => verdicts.filter((each) => each === wanted).length;
  return {
    bars: verdicts.length,
    met: count('met'),
    missed: count('MISSED'),
    notMeasured: count('not measured'),
  };
}

/** True when a suite, or a part of one, could not be measured because something failed. */
export function anythingFailed(outcomes: readonly Outcome[]): boolean {
  return outcomes.some((each) => each.kind === 'failed' || each.rows.some(({ failed }) => failed));
}

/** Table, times and the line of counts, which is the last one. */
export function renderSummary(outcomes: readonly Outcome[]): string {
  const cells = judged(outcomes).map(({ suite, row }) => [
    suite,
    row.what,
    shown(row.ours, row.unit),
    ratioText(row),
    barText(row),
    verdict(row),
  ]);
  const lost = outcomes.filter((each): each is Failed => each.kind === 'failed');
  const times = outcomes.map(({ suite, seconds }) => `${suite} ${duration(seconds)}`);
  const total = outcomes.reduce((sum, { seconds }) => sum + seconds, 0);
  const { bars, met, missed, notMeasured } = countBars(outcomes);
  return [
    ...(cells.length === 0 ? [] : [...inColumns([HEAD, ...cells]), '']),
    ...judged(outcomes)
      .filter(({ row }) => row.failed)
      .map(({ suite, row }) => `${suite}, ${row.what}: ${row.note ?? ''}`),
    ...lost.map(({ suite, error }) => `${suite} failed, its bars are not in the table: ${error}`),
    `${duration(total)}: ${times.join(', ')}`,
    `${bars} bars: ${met} met, ${missed} missed, ${notMeasured} not measured`,
  ].join('\n');
}

/** Rows with a bar, and parts of a suite that failed, whose bars nobody has seen. */
function judged(outcomes: readonly Outcome[]): readonly Judged[] {
  return outcomes
    .filter((each): each is Measured => each.kind === 'measured')
    .flatMap(({ suite, rows }) => rows.filter((row) => verdict(row) !== '').map((row) => ({ suite, row })));
}
