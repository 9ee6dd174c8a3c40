import { verdict, type Row } from './row.js';
import type { Spread } from './statistics.js';

/** Units of which there are no halves. */
const COUNTED = ['requests', 'commits', 'events', 'actions', 'rows', 'reads', 'polls'];
const HEAD = ['what', 'ours', 'peer', 'ratio', 'bar', ''];

/** The rows as a text table; notes stand below, numbered. */
export function renderTable(title: string, rows: readonly Row[]): string {
  const notes: string[] = [];
  const cells = rows.map((each) => {
    const mark = each.note === null ? '' : ` [${noteNumber(notes, each.note)}]`;
    return [
      each.what + mark,
      value(each.ours, each.unit),
      value(each.peer, each.unit),
      each.ratio === null || !Number.isFinite(each.ratio.median)
        ? '-'
        : `${each.ratio.median.toFixed(2)}x (${range(each.ratio, 2)})`,
      barText(each),
      verdict(each),
    ];
  });
  const lines = [HEAD, ...cells];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const text = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const rule = '-'.repeat(widths.reduce((sum, width) => sum + width + 2, 0));
  const foot = notes.map((note, index) => `[${index + 1}] ${note}`);
  return [title, '', text[0] ?? '', rule, ...text.slice(1), ...(foot.length === 0 ? [] : ['', ...foot])].join(
    '\n',
  );
}

/** The same note stands once. */
function noteNumber(notes: string[], note: string): number {
  const at = notes.indexOf(note);
  return at < 0 ? notes.push(note) : at + 1;
}

function value(spread: Spread | null, unit: string): string {
  if (spread === null) return '-';
  const counted = COUNTED.includes(unit);
  const digits = counted || (unit === 'ms' && spread.median >= 10) ? 0 : unit === 'ms' ? 1 : 2;
  const shown = `${spread.median.toFixed(digits)} ${unit}`;
  return spread.rounds === 1 ? shown : `${shown} (${range(spread, digits)})`;
}

function range({ least, most }: Spread, digits: number): string {
  return `${least.toFixed(digits)}-${most.toFixed(digits)}`;
}

function barText({ bar, unit }: Row): string {
  if (bar === null) return '';
  return bar.of === 'ratio' ? `<= ${bar.most}x` : `<= ${bar.most} ${unit}`;
}
