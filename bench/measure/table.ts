import { inColumns } from './columns.js';
import { verdict, type Row } from './row.js';
import type { Spread } from './statistics.js';

const HEAD = ['what', 'ours', 'peer', 'ratio', 'bar', ''];
/** Units of which there are no halves. */
const COUNTED = ['requests', 'commits', 'events', 'actions', 'rows', 'reads', 'polls'];

/** The rows as a text table; notes stand below, numbered. */
export function renderTable(title: string, rows: readonly Row[]): string {
  const notes: string[] = [];
  const cells = rows.map((each) => {
    const mark = each.note === null ? '' : ` [${noteNumber(notes, each.note)}]`;
    return [
      each.what + mark,
      shown(each.ours, each.unit),
      shown(each.peer, each.unit),
      ratioText(each),
      barText(each),
      verdict(each),
    ];
  });
  const foot = notes.map((note, index) => `[${index + 1}] ${note}`);
  return [title, '', ...inColumns([HEAD, ...cells]), ...(foot.length === 0 ? [] : ['', ...foot])].join('\n');
}

/** The same note stands once. */
function noteNumber(notes: string[], note: string): number {
  const at = notes.indexOf(note);
  return at < 0 ? notes.push(note) : at + 1;
}

/** Median with its unit, and the range when there is more than one value. */
export function shown(spread: Spread | null, unit: string): string {
  if (spread === null) return '-';
  const counted = COUNTED.includes(unit);
  const digits = counted || (unit === 'ms' && spread.median >= 10) ? 0 : unit === 'ms' ? 1 : 2;
  const text = `${spread.median.toFixed(digits)} ${unit}`;
  return spread.rounds === 1 ? text : `${text} (${range(spread, digits)})`;
}

export function ratioText({ ratio }: Row): string {
  return ratio === null || !Number.isFinite(ratio.median)
    ? '-'
    : `${ratio.median.toFixed(2)}x (${range(ratio, 2)})`;
}

function range({ least, most }: Spread, digits: number): string {
  return `${least.toFixed(digits)}-${most.toFixed(digits)}`;
}

export function barText({ bar, unit }: Row): string {
  if (bar === null) return '';
  return bar.of === 'ratio' ? `<= ${bar.most}x` : `<= ${bar.most} ${unit}`;
}
