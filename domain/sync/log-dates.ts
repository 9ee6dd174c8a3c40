// Dates as they stand in headings of logs. Only what has one meaning counts: 03/04/2026 has two.

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH = `(${MONTHS.join('|')})[a-z]*\\.?`;

const FORMS: readonly {
  readonly find: RegExp;
  /** Which group is the year, the month, the day. */
  readonly at: readonly [number, number, number];
}[] = [
  { find: /(?<!\d)(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)/, at: [1, 3, 4] },
  { find: /(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)/, at: [3, 2, 1] },
  { find: new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?\\.?\\s${MONTH},?\\s(\\d{4})\\b`, 'i'), at: [3, 2, 1] },
  { find: new RegExp(`\\b${MONTH}\\s(\\d{1,2})(?:st|nd|rd|th)?,?\\s(\\d{4})\\b`, 'i'), at: [3, 1, 2] },
];

const TIME = /^(?:T|,? +(?:at )?)(\d{1,2}):(\d{2})(?::(\d{2}))?/;

export interface FoundDate {
  /** `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM:SS`: they sort as text. */
  readonly date: string;
  readonly from: number;
  readonly to: number;
}

/** The first date of a line, with the time that follows it, whatever its zone; null: there is none. */
export function dateIn(line: string): FoundDate | null {
  if (!/\d{4}/.test(line)) return null;
  let first: FoundDate | null = null;
  for (const { find, at } of FORMS) {
    const match = find.exec(line);
    const day = match === null ? null : dayOf(at.map((group) => match[group] ?? ''));
    if (match === null || day === null || (first !== null && first.from <= match.index)) continue;
    const to = match.index + match[0].length;
    const time = TIME.exec(line.slice(to, to + 20));
    first = { date: `${day}${clockOf(time)}`, from: match.index, to: to + (time?.[0].length ?? 0) };
  }
  return first;
}

function dayOf([year = '', month = '', day = '']: readonly string[]): string | null {
  const named = MONTHS.indexOf(month.toLowerCase());
  const number = named === -1 ? Number(month) : named + 1;
  if (!(number >= 1 && number <= 12 && Number(day) >= 1 && Number(day) <= 31)) return null;
  return `${year}-${padded(number)}-${padded(day)}`;
}

function clockOf(time: RegExpExecArray | null): string {
  return time === null ? '' : `T${padded(time[1])}:${padded(time[2])}:${padded(time[3] ?? 0)}`;
}

function padded(value: string | number | undefined): string {
  return String(value).padStart(2, '0');
}
